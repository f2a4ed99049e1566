"""/proc/PID/mem."""

from __future__ import annotations

from tests.escape.witnesses.victim import VictimsMemory

WITNESS = VictimsMemory


def attack(pid: int, address: int, size: int) -> object:
    with open(f"/proc/{pid}/mem", "rb") as file:
        file.seek(address)
        return file.read(size).decode()
