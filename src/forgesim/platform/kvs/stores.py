"""Rows at rest: one SQLite database per region, in memory or in a folder, and the journal of moves.

In a folder a write is committed before it is acknowledged, so that it outlives the host process (not a crash
of the operating system). One process at a time may use a folder.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, NamedTuple, Self

from forgesim.errors import InputError, Problem
from forgesim.platform.kvs.limits import REALMS

__all__ = ["Regions", "Row", "RowStore"]

FORMAT: Final = 1
_SUFFIX: Final = ".sqlite3"
_ABOVE: Final = "\U0010ffff"  # sorts after every character that a key may have

_ROWS = """CREATE TABLE IF NOT EXISTS rows (
    installation TEXT NOT NULL, store TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL,
    created_ms INTEGER NOT NULL, updated_ms INTEGER NOT NULL, expires_ms INTEGER,
    PRIMARY KEY (installation, store, key)) WITHOUT ROWID"""
_MOVES = """CREATE TABLE IF NOT EXISTS moves (
    installation TEXT PRIMARY KEY, source TEXT NOT NULL, target TEXT NOT NULL, copied INTEGER NOT NULL)"""

_GET = """SELECT value, created_ms, updated_ms, expires_ms FROM rows
    WHERE installation = ? AND store = ? AND key = ?"""
_SET = """INSERT INTO rows VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (installation, store, key) DO UPDATE SET
    value = excluded.value, updated_ms = excluded.updated_ms, expires_ms = excluded.expires_ms,
    created_ms = iif(rows.expires_ms <= excluded.updated_ms, excluded.created_ms, rows.created_ms)"""
_DELETE = "DELETE FROM rows WHERE installation = ? AND store = ? AND key = ?"
_SCAN = """SELECT key, value, created_ms, updated_ms, expires_ms FROM rows
    WHERE installation = ? AND store = ? AND key >= ? AND key < ? ORDER BY key"""


class Row(NamedTuple):
    """A stored value as JSON text, with its times in epoch milliseconds."""

    value: str
    created_ms: int
    updated_ms: int
    expires_ms: int | None

    def has_expired(self, now_ms: int) -> bool:
        return self.expires_ms is not None and self.expires_ms <= now_ms


class RowStore:
    """The rows of one region. The partition is the installation, then the store (``kvs``, ``secret``)."""

    __slots__ = ("_db", "_execute")

    def __init__(self, file: Path | None) -> None:
        self._db = _open(file, _ROWS)
        self._execute = self._db.execute

    def get(self, installation: str, store: str, key: str, now_ms: int) -> Row | None:
        """The row, unless it is absent or has expired; an expired row that is met is removed."""
        found = self._execute(_GET, (installation, store, key)).fetchone()
        if found is None:
            return None
        row = Row(*found)
        if row.has_expired(now_ms):
            self.delete(installation, store, key)
            return None
        return row

    def set(self, installation: str, store: str, key: str, row: Row) -> None:
        """Write the row; one that was there and has not expired keeps its time of creation."""
        self._execute(_SET, (installation, store, key, *row))

    def delete(self, installation: str, store: str, key: str) -> bool:
        """True where there was a row."""
        return self._execute(_DELETE, (installation, store, key)).rowcount > 0

    def scan(self, installation: str, store: str, prefix: str, after: str) -> Iterator[tuple[str, Row]]:
        """Rows whose key begins with ``prefix`` and comes after ``after``, by key, expired ones too."""
        first = max(prefix, after + "\0") if after else prefix
        found = self._execute(_SCAN, (installation, store, first, prefix + _ABOVE))
        return ((key, Row(*rest)) for key, *rest in found)

    def rows(self, installation: str) -> list[tuple[str, str, str]]:
        """Every row at rest as ``(store, key, value)``, by store and key."""
        return self._execute(
            "SELECT store, key, value FROM rows WHERE installation = ? ORDER BY store, key", (installation,)
        ).fetchall()

    def copy_to(self, target: RowStore, installation: str, done: Callable[[], None]) -> None:
        """Copy the installation's rows in one transaction; ``done`` is called just before it is committed."""
        rows = self._execute("SELECT * FROM rows WHERE installation = ?", (installation,))
        target._execute("BEGIN IMMEDIATE")
        with target._db:
            target._db.executemany("INSERT OR REPLACE INTO rows VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
            done()

    def drop(self, installation: str, done: Callable[[], None] = lambda: None) -> None:
        """Delete every row of the installation in one transaction."""
        self._execute("BEGIN IMMEDIATE")
        with self._db:
            self._execute("DELETE FROM rows WHERE installation = ?", (installation,))
            done()

    def close(self) -> None:
        self._db.close()


class Move(NamedTuple):
    """A move that has begun: until ``copied``, the source is whole; from then on, the target is."""

    installation: str
    source: str
    target: str
    copied: bool


class Regions:
    """The stores of all regions, opened on first use, and the journal of moves.

    ``state`` is the folder of the databases (``US.sqlite3``, …), made if absent; None keeps all in memory.
    Raises InputError where the folder cannot be used or another process uses it, and for an unknown region.
    """

    def __init__(self, state: Path | None) -> None:
        self._state = state
        self._stores: dict[str, RowStore] = {}
        if state is not None:
            try:
                state.mkdir(mode=0o700, parents=True, exist_ok=True)
            except OSError as error:
                raise InputError(
                    Problem(what=f"the state folder cannot be made: {error.strerror}", file=str(state))
                ) from None
        # The journal is opened first and held: its lock is the lock of the folder.
        self._journal = _open(self._file("moves"), _MOVES)

    def store(self, region: str) -> RowStore:
        found = self._stores.get(region)
        if found is None:
            if region not in REALMS:
                raise InputError(Problem(what=f"unknown region {region!r}", hint=f"one of {', '.join(REALMS)}"))
            found = self._stores[region] = RowStore(self._file(region))
        return found

    def existing(self) -> tuple[str, ...]:
        """Regions that have a database."""
        if self._state is None:
            return tuple(self._stores)
        return tuple(region for region in REALMS if (self._state / f"{region}{_SUFFIX}").exists())

    def moves(self) -> list[Move]:
        """Moves that have begun and not ended."""
        found = self._journal.execute("SELECT installation, source, target, copied FROM moves ORDER BY installation")
        return [Move(name, source, target, bool(copied)) for name, source, target, copied in found]

    def note(self, move: Move) -> None:
        self._journal.execute("INSERT OR REPLACE INTO moves VALUES (?, ?, ?, ?)", move)

    def forget(self, installation: str) -> None:
        self._journal.execute("DELETE FROM moves WHERE installation = ?", (installation,))

    def close(self) -> None:
        for store in self._stores.values():
            store.close()
        self._stores.clear()
        self._journal.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _file(self, name: str) -> Path | None:
        return None if self._state is None else self._state / f"{name}{_SUFFIX}"


def _open(file: Path | None, schema: str) -> sqlite3.Connection:
    """A connection in autocommit. In a file it holds the lock for as long as it is open."""
    db = sqlite3.connect(file or ":memory:", isolation_level=None, timeout=0.5)
    try:
        if file is not None:
            db.execute("PRAGMA locking_mode = EXCLUSIVE")
            db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = OFF")
        (version,) = db.execute("PRAGMA user_version").fetchone()
        if version not in (0, FORMAT):
            raise sqlite3.DatabaseError(f"format {version} is not format {FORMAT}")
        db.execute("BEGIN IMMEDIATE")
        db.execute(schema)
        db.execute(f"PRAGMA user_version = {FORMAT}")
        db.execute("COMMIT")
    except sqlite3.Error as error:
        db.close()
        busy = "locked" in str(error)
        what = "this state folder is in use by another run" if busy else f"not a usable database: {error}"
        raise InputError(Problem(what=what, file=None if file is None else str(file))) from None
    return db
