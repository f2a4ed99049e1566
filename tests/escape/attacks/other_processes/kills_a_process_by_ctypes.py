"""kill of libc, which raises no event."""

from __future__ import annotations

from tests.escape.arms import checked, libc
from tests.escape.witnesses.victim import Victim

WITNESS = Victim


def attack(pid: int) -> None:
    checked(libc().kill(pid, 9))
