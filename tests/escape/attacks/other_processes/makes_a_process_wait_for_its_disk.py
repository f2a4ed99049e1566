"""ioprio_set."""

from __future__ import annotations

from tests.escape.arms import syscall
from tests.escape.witnesses.victim import Victim

WITNESS = Victim


def attack(pid: int) -> None:
    syscall("ioprio_set", 1, pid, 3 << 13)
