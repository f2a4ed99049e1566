"""SQLite opens its files by itself."""

from __future__ import annotations

from tests.escape.witnesses.hidden import SecretDatabase

WITNESS = SecretDatabase


def attack(path: str) -> object:
    import sqlite3

    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as database:
        return database.execute("select v from t").fetchone()[0]
