"""A real sleep, by the kernel."""

from __future__ import annotations

from tests.escape.arms import libc
from tests.escape.witnesses.worker import StillRunning

WITNESS = StillRunning
SECONDS = 0.25


def attack() -> None:
    libc().pause()
