"""A frame that begins and never ends."""

from __future__ import annotations

from tests.escape.arms import libc
from tests.escape.witnesses.worker import StillRunning

WITNESS = StillRunning
SECONDS = 0.25


def attack() -> None:
    import os

    os.write(3, (200).to_bytes(4, "little"))
    libc().pause()
