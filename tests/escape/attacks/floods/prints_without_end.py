"""Three megabytes of output."""

from __future__ import annotations

from tests.escape.witnesses.platform import LogFlood

WITNESS = LogFlood


def attack() -> None:
    for _ in range(3):
        print("x" * 60_000)
    for _ in range(30):
        print("x" * 100_000)
