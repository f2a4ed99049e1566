"""No random addresses: an exploit would be easier."""

from __future__ import annotations

from tests.escape.arms import syscall
from tests.escape.witnesses.worker import Personality

WITNESS = Personality


def attack() -> None:
    syscall("personality", 0x0040000)
