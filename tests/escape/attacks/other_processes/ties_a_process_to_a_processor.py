"""sched_setaffinity."""

from __future__ import annotations

from tests.escape.witnesses.victim import Victim

WITNESS = Victim


def attack(pid: int) -> None:
    import os

    os.sched_setaffinity(pid, {min(os.sched_getaffinity(0))})
