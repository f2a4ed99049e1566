"""sched_setscheduler."""

from __future__ import annotations

from tests.escape.witnesses.victim import Victim

WITNESS = Victim


def attack(pid: int) -> None:
    import os

    os.sched_setscheduler(pid, os.SCHED_BATCH, os.sched_param(0))
