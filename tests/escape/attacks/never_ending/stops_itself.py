"""SIGSTOP, after which it does nothing at all."""

from __future__ import annotations

from tests.escape.arms import libc
from tests.escape.witnesses.worker import StillRunning

WITNESS = StillRunning
SECONDS = 0.25


def attack() -> None:
    import os
    import signal

    os.kill(libc().getpid(), signal.SIGSTOP)
