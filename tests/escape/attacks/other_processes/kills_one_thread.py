"""tgkill, and a process number that is not its own."""

from __future__ import annotations

from tests.escape.arms import syscall
from tests.escape.witnesses.victim import Victim

WITNESS = Victim


def attack(pid: int) -> None:
    syscall("tgkill", pid, pid, 9)
