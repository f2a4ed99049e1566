"""The same, for writing."""

from __future__ import annotations

from tests.escape.witnesses.victim import VictimsMemory

WITNESS = VictimsMemory


def attack(pid: int, address: int, size: int) -> None:
    with open(f"/proc/{pid}/mem", "r+b", buffering=0) as file:
        file.seek(address)
        file.write(b"x" * size)
