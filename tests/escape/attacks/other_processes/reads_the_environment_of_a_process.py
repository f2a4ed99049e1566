"""/proc/PID/environ."""

from __future__ import annotations

from tests.escape.witnesses.victim import Victim

WITNESS = Victim


def attack(pid: int) -> object:
    with open(f"/proc/{pid}/environ") as file:
        return file.read()
