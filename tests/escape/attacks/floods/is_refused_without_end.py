"""System calls that the kernel refuses, in a loop."""

from __future__ import annotations

from tests.escape.arms import libc
from tests.escape.witnesses.platform import RefusalFlood

WITNESS = RefusalFlood


def attack(count: int) -> None:
    library = libc()
    for _ in range(count):
        library.mkdir(b"/stolen", 0o700)
