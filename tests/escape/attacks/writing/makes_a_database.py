"""SQLite opens its files by itself."""

from __future__ import annotations

from tests.escape.witnesses.files import NewFile

WITNESS = NewFile


def attack(path: str) -> None:
    import sqlite3

    with sqlite3.connect(path) as database:
        database.execute("create table stolen (v)")
