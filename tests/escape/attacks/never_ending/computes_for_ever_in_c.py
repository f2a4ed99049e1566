"""One call that takes no signal."""

from __future__ import annotations

from tests.escape.witnesses.worker import StillRunning

WITNESS = StillRunning
SECONDS = 0.25


def attack() -> None:
    pow(3, 10**9)
