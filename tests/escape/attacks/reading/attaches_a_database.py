"""ATTACH, from a database in memory."""

from __future__ import annotations

from tests.escape.witnesses.hidden import SecretDatabase

WITNESS = SecretDatabase


def attack(path: str) -> object:
    import sqlite3

    database = sqlite3.connect(":memory:")
    database.execute(f"attach '{path}' as stolen")
    return database.execute("select v from stolen.t").fetchone()[0]
