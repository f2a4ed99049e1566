"""PTRACE_SEIZE."""

from __future__ import annotations

from tests.escape.arms import syscall
from tests.escape.witnesses.victim import Victim

WITNESS = Victim


def attack(pid: int) -> None:
    syscall("ptrace", 0x4206, pid, 0, 0)
