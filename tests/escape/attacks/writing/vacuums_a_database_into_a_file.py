"""VACUUM INTO, from a database in memory."""

from __future__ import annotations

from tests.escape.witnesses.files import NewFile

WITNESS = NewFile


def attack(path: str) -> None:
    import sqlite3

    sqlite3.connect(":memory:").execute("vacuum into ?", (path,))
