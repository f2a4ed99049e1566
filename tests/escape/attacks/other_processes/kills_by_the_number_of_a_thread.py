"""tkill, which names no process at all."""

from __future__ import annotations

from tests.escape.arms import syscall
from tests.escape.witnesses.victim import Victim

WITNESS = Victim


def attack(pid: int) -> None:
    syscall("tkill", pid, 9)
