"""msgget, which outlives its process too."""

from __future__ import annotations

from tests.escape.arms import syscall
from tests.escape.witnesses.tables import MessageTable

WITNESS = MessageTable


def attack(key: int) -> object:
    return syscall("msgget", key, 0o1600)
