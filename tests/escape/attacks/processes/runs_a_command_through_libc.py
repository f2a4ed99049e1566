"""system of libc, which raises no event."""

from __future__ import annotations

from tests.escape.arms import libc
from tests.escape.witnesses.files import NewFile

WITNESS = NewFile


def attack(path: str) -> object:
    return "refused" if libc().system(f"echo stolen > {path}".encode()) else 0
