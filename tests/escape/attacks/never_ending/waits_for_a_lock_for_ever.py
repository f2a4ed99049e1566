"""A lock that nobody opens."""

from __future__ import annotations

from tests.escape.witnesses.worker import StillRunning

WITNESS = StillRunning
SECONDS = 0.25


def attack() -> None:
    import threading

    lock = threading.Lock()
    lock.acquire()
    lock.acquire()
