"""The plain endless loop."""

from __future__ import annotations

from tests.escape.witnesses.worker import StillRunning

WITNESS = StillRunning
SECONDS = 0.25


def attack() -> None:
    while True:
        pass
