"""SIGKILL to a process of the same user."""

from __future__ import annotations

from tests.escape.witnesses.victim import Victim

WITNESS = Victim


def attack(pid: int) -> None:
    import os

    os.kill(pid, 9)
