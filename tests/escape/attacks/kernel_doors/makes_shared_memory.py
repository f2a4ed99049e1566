"""A segment of System V, which outlives its process."""

from __future__ import annotations

from tests.escape.arms import syscall
from tests.escape.witnesses.tables import SharedMemory

WITNESS = SharedMemory


def attack(key: int) -> object:
    return syscall("shmget", key, 4096, 0o1600)
