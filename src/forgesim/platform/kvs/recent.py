"""Writes that queries do not see yet: beside the rows in a file, which outlives the process, or in the memory of a
process whose rows are there too."""

from __future__ import annotations

import sqlite3
from typing import Final, NamedTuple, Protocol

__all__ = ["RECENT", "Place", "Recent", "RecentHere", "RecentTable", "Row"]

RECENT: Final = (
    """CREATE TABLE IF NOT EXISTS recent (
        number INTEGER PRIMARY KEY, installation TEXT NOT NULL, store TEXT NOT NULL, key TEXT NOT NULL,
        at_ms INTEGER NOT NULL, value TEXT, created_ms INTEGER, updated_ms INTEGER, expires_ms INTEGER)""",
    "CREATE INDEX IF NOT EXISTS recent_of_key ON recent (installation, store, key, number)",
)
"""The table of such writes; a null value is a deletion."""

_OF_KEY: Final = """SELECT value, created_ms, updated_ms, expires_ms FROM recent
    WHERE installation = ? AND store = ? AND key = ? ORDER BY number DESC LIMIT 1"""
_DUE: Final = """SELECT installation, store, key, value, created_ms, updated_ms, expires_ms FROM recent
    WHERE at_ms <= ? ORDER BY number"""
_OF_ALL: Final = """SELECT installation, store, key, value, created_ms, updated_ms, expires_ms FROM recent
    WHERE installation = ? ORDER BY number"""
_LATEST: Final = 2**63 - 1


class Row(NamedTuple):
    """A stored value as JSON text, with its times in epoch milliseconds."""

    value: str
    created_ms: int
    updated_ms: int
    expires_ms: int | None

    def has_expired(self, now_ms: int) -> bool:
        return self.expires_ms is not None and self.expires_ms <= now_ms


class Place(NamedTuple):
    """Where a row is: whose it is, in which store, under which key."""

    installation: str
    store: str
    key: str


Written = dict[Place, Row | None]
"""What was last written where; null where that was a deletion."""


class Recent(Protocol):
    """``count`` writes, the earliest at ``oldest_ms``. Inside a transaction that fails, ``back`` undoes what came after
    ``mark``."""

    count: int
    oldest_ms: int | None

    def add(self, at_ms: int, place: Place, row: Row | None) -> None: ...

    def find(self, place: Place) -> tuple[Row | None] | None:
        """The last write there, if there is one."""

    def due(self, until_ms: int | None) -> Written:
        """What was written until then; all of it where null."""

    def of(self, installation: str) -> Written: ...

    def settled(self, until_ms: int | None) -> None:
        """Forget what was written until then."""

    def drop(self, installation: str) -> None: ...

    def mark(self) -> object: ...

    def back(self, mark: object) -> None: ...


class RecentTable:
    """Writes in the database of the rows, which undoes them by itself."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._execute = db.execute
        self.count = 0
        self.oldest_ms: int | None = None
        self._look()

    def add(self, at_ms: int, place: Place, row: Row | None) -> None:
        values = (None, None, None, None) if row is None else row
        self._execute("INSERT INTO recent VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?)", (*place, at_ms, *values))
        self.count += 1
        self.oldest_ms = at_ms if self.oldest_ms is None else min(at_ms, self.oldest_ms)

    def find(self, place: Place) -> tuple[Row | None] | None:
        found = self._execute(_OF_KEY, place).fetchone() if self.count else None
        return None if found is None else (None if found[0] is None else Row(*found),)

    def due(self, until_ms: int | None) -> Written:
        return _last(self._execute(_DUE, (_LATEST if until_ms is None else until_ms,)))

    def of(self, installation: str) -> Written:
        return _last(self._execute(_OF_ALL, (installation,)))

    def settled(self, until_ms: int | None) -> None:
        self._execute("DELETE FROM recent WHERE at_ms <= ?", (_LATEST if until_ms is None else until_ms,))
        self._look()

    def drop(self, installation: str) -> None:
        self._execute("DELETE FROM recent WHERE installation = ?", (installation,))
        self._look()

    def mark(self) -> object:
        return None

    def back(self, mark: object) -> None:  # noqa: ARG002 - the database has it undone already
        self._look()

    def _look(self) -> None:
        self.oldest_ms, self.count = self._execute("SELECT min(at_ms), count(*) FROM recent").fetchone()


def _last(found: sqlite3.Cursor) -> Written:
    return {Place(*values[:3]): None if values[3] is None else Row(*values[3:]) for values in found}


class RecentHere:
    """Writes in the memory of this process, oldest first."""

    def __init__(self) -> None:
        self._writes: list[tuple[int, Place, Row | None]] = []
        self.count = 0
        self.oldest_ms: int | None = None

    def add(self, at_ms: int, place: Place, row: Row | None) -> None:
        self._writes.append((at_ms, place, row))
        self.count += 1
        if self.oldest_ms is None or at_ms < self.oldest_ms:
            self.oldest_ms = at_ms

    def find(self, place: Place) -> tuple[Row | None] | None:
        return next(((row,) for _, where, row in reversed(self._writes) if where == place), None)

    def due(self, until_ms: int | None) -> Written:
        return {place: row for at_ms, place, row in self._writes if until_ms is None or at_ms <= until_ms}

    def of(self, installation: str) -> Written:
        return {place: row for _, place, row in self._writes if place.installation == installation}

    def settled(self, until_ms: int | None) -> None:
        self._set([] if until_ms is None else [write for write in self._writes if write[0] > until_ms])

    def drop(self, installation: str) -> None:
        self._set([write for write in self._writes if write[1].installation != installation])

    def mark(self) -> object:
        return tuple(self._writes)

    def back(self, mark: object) -> None:
        assert isinstance(mark, tuple)
        self._set(list(mark))

    def _set(self, writes: list[tuple[int, Place, Row | None]]) -> None:
        self._writes, self.count = writes, len(writes)
        self.oldest_ms = min((at_ms for at_ms, _, _ in writes), default=None)
