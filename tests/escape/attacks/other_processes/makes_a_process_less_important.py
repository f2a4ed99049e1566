"""setpriority."""

from __future__ import annotations

from tests.escape.witnesses.victim import Victim

WITNESS = Victim


def attack(pid: int) -> None:
    import os

    os.setpriority(os.PRIO_PROCESS, pid, 5)
