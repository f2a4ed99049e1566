"""It never reads from the seam again."""

from __future__ import annotations

from tests.escape.witnesses.worker import StillRunning

WITNESS = StillRunning
SECONDS = 0.25


def attack() -> None:
    import threading

    threading.Event().wait()
