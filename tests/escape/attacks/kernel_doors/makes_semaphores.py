"""semget."""

from __future__ import annotations

from tests.escape.arms import syscall
from tests.escape.witnesses.tables import SemaphoreTable

WITNESS = SemaphoreTable


def attack(key: int) -> object:
    return syscall("semget", key, 1, 0o1600)
