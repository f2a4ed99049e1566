"""/proc/PID/fd."""

from __future__ import annotations

from tests.escape.witnesses.victim import VictimsFile

WITNESS = VictimsFile


def attack(pid: int, number: int) -> object:
    with open(f"/proc/{pid}/fd/{number}") as file:
        return file.read()
