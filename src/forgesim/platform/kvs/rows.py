"""Rows at rest in one region: a SQLite database, in memory or in a file.

``rows`` is what queries see. While queries lag behind, a write lies in ``recent`` until its time has come and a query,
or the number of such writes, asks for it to be settled; what reads a key sees it at once. ``entries`` are the indexes
of custom entities: one entry a row and index, in the order in which the index is read, so that a query is a read of a
part of it. What a run left in ``recent`` is moved when the database is opened again: by then the lag is over.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec

from forgesim.manifest.entities import Entity
from forgesim.platform.kvs.conditions import Range
from forgesim.platform.kvs.database import CLOSED, close_database, open_database
from forgesim.platform.kvs.entities import Scalar, entries_of
from forgesim.platform.kvs.recent import RECENT, Place, Recent, RecentHere, RecentTable, Row

__all__ = ["BY_INDEX", "BY_KEY", "ENTITY", "SCHEMA", "Place", "Position", "Row", "RowStore"]

ENTITY: Final = "entity "
"""Stores are called kvs, secret and ``entity NAME``."""

_MOST_KNOWN: Final = 4096
_KNOWN_LENGTH: Final = 4096
"""How many rows are known without a question to the database, and the characters of a value that is."""

_ABOVE: Final = "\U0010ffff"  # sorts after every character that a key may have

SCHEMA: Final = (
    """CREATE TABLE IF NOT EXISTS rows (
        installation TEXT NOT NULL, store TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL,
        created_ms INTEGER NOT NULL, updated_ms INTEGER NOT NULL, expires_ms INTEGER,
        PRIMARY KEY (installation, store, key)) WITHOUT ROWID""",
    *RECENT,
    """CREATE TABLE IF NOT EXISTS entities (
        installation TEXT NOT NULL, store TEXT NOT NULL, declared TEXT NOT NULL,
        PRIMARY KEY (installation, store)) WITHOUT ROWID""",
    """CREATE TABLE IF NOT EXISTS entries (
        installation TEXT NOT NULL, store TEXT NOT NULL, name TEXT NOT NULL, part TEXT NOT NULL,
        at NOT NULL, key TEXT NOT NULL,
        PRIMARY KEY (installation, store, name, part, at, key)) WITHOUT ROWID""",
)
TABLES: Final = ("rows", "entities", "entries")

_GET = """SELECT value, created_ms, updated_ms, expires_ms FROM rows
    WHERE installation = ? AND store = ? AND key = ?"""
_SCAN = """SELECT key, value, created_ms, updated_ms, expires_ms FROM rows
    WHERE installation = ? AND store = ? AND key >= ? AND key < ? ORDER BY key"""
BY_KEY = """SELECT key, key, value, created_ms, updated_ms, expires_ms FROM rows
    WHERE installation = ? AND store = ?{where} ORDER BY key {order}"""
BY_INDEX = """SELECT entries.at, rows.key, value, created_ms, updated_ms, expires_ms
    FROM entries CROSS JOIN rows USING (installation, store, key)
    WHERE installation = ? AND store = ? AND name = ? AND part = ?{where}
    ORDER BY entries.at {order}, entries.key {order}"""
"""Queries of an entity: ``where`` is the part of the index, ``order`` its direction. They read no more than that."""

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder().decode
_entity = msgspec.json.Decoder(Entity).decode


class Position(NamedTuple):
    """Where a page of an index ended: the range value and the key of its last row."""

    at: Scalar
    key: str


class RowStore:
    """The rows of one region. The partition is the installation, then the store. ``get`` sees every write; ``scan`` and
    the indexes see those that were moved by ``settle``. Whoever writes names what was there before."""

    __slots__ = ("_db", "_entities", "_execute", "_file", "_known", "_recent")

    def __init__(self, file: Path | None) -> None:
        self._file = file
        self._db = open_database(file, SCHEMA)
        self._execute = self._db.execute
        self._entities: dict[tuple[str, str], Entity] = {}
        self._known: dict[Place, Row | None] = {}
        """Some rows as they were last written; null where there is none. Nobody else writes to the database."""
        try:
            self._recent: Recent = RecentHere() if file is None else RecentTable(self._db)
            self._load()
        except sqlite3.Error:
            self._db.close()
            raise
        except msgspec.MsgspecError as error:
            self._db.close()
            raise sqlite3.DatabaseError(f"an entity cannot be read: {error}") from None

    def _load(self) -> None:
        self._entities = {
            (installation, store): _entity(declared)
            for installation, store, declared in self._execute("SELECT installation, store, declared FROM entities")
        }
        self.settle(None)

    @property
    def unsettled(self) -> int:
        """Writes that queries do not see yet."""
        return self._recent.count

    # --- rows ------------------------------------------------------------------------------------------------------

    def get(self, place: Place) -> Row | None:
        """The row as it was last written, expired or not."""
        try:
            return self._known[place]
        except KeyError:
            row = self._read(place)
            self._know(place, row)
            return row

    def _read(self, place: Place) -> Row | None:
        if (written := self._recent.find(place)) is not None:
            return written[0]
        found = self._execute(_GET, place).fetchone()
        return None if found is None else Row(*found)

    def _know(self, place: Place, row: Row | None) -> None:
        if row is not None and len(row.value) > _KNOWN_LENGTH:
            self._known.pop(place, None)
            return
        if len(self._known) >= _MOST_KNOWN:
            self._known.clear()
        self._known[place] = row

    def write(self, place: Place, row: Row | None, *, at_ms: int, lagging: bool) -> None:
        """Write a row, or delete it. ``lagging``: queries see it only once it is settled."""
        if not lagging:
            self._put(place, row)
            self._know(place, row)
            return
        self._recent.add(at_ms, place, row)
        self._know(place, row)

    def forget(self, place: Place) -> None:
        """Remove a row that has expired and that nothing newer stands in for."""
        if self._recent.find(place) is None:
            self._put(place, None)
            self._know(place, None)

    def settle(self, until_ms: int | None) -> None:
        """Let queries see what was written until then; all of it where null."""
        oldest_ms = self._recent.oldest_ms
        if oldest_ms is None or (until_ms is not None and oldest_ms > until_ms):
            return
        with self.together():
            for place, row in self._recent.due(until_ms).items():
                self._put(place, row)
            self._recent.settled(until_ms)

    def _put(self, place: Place, row: Row | None) -> None:
        entity = self._entities.get(place[:2])
        if entity is not None:
            self._remove_entries(entity, place)
        if row is None:
            self._execute("DELETE FROM rows WHERE installation = ? AND store = ? AND key = ?", place)
            return
        self._execute("INSERT OR REPLACE INTO rows VALUES (?, ?, ?, ?, ?, ?, ?)", (*place, *row))
        if entity is not None:
            self._add_entries(entity, place, row.value)

    @contextmanager
    def together(self) -> Iterator[None]:
        """All that is written inside, or nothing. May be inside another."""
        if self._db.in_transaction:
            yield
            return
        self._execute("BEGIN IMMEDIATE")
        mark = self._recent.mark()
        try:
            with self._db:
                yield
        except BaseException:
            self._known.clear()
            self._recent.back(mark)
            raise

    # --- indexes ---------------------------------------------------------------------------------------------------

    def declare(self, installation: str, entity: Entity) -> None:
        """Have indexes as the entity declares them; where it declares others than before, they are built anew."""
        store = ENTITY + entity.name
        if self._entities.get((installation, store)) == entity:
            return
        with self.together():
            self._execute("INSERT OR REPLACE INTO entities VALUES (?, ?, ?)", (installation, store, _text(entity)))
            self._execute("DELETE FROM entries WHERE installation = ? AND store = ?", (installation, store))
            rows = self._execute("SELECT key, value FROM rows WHERE installation = ? AND store = ?",
                                 (installation, store)).fetchall()  # fmt: skip
            for key, value in rows:
                self._add_entries(entity, Place(installation, store, key), value)
        self._entities[installation, store] = entity

    def _add_entries(self, entity: Entity, place: Place, value: str) -> None:
        entries = [(*place[:2], *entry, place.key) for entry in entries_of(entity, _decode(value))]
        self._db.executemany("INSERT OR REPLACE INTO entries VALUES (?, ?, ?, ?, ?, ?)", entries)

    def _remove_entries(self, entity: Entity, place: Place) -> None:
        old = self._execute(_GET, place).fetchone()
        if old is not None:
            entries = [(*place[:2], *entry, place.key) for entry in entries_of(entity, _decode(old[0]))]
            self._db.executemany(
                "DELETE FROM entries WHERE installation = ? AND store = ? AND name = ? AND part = ? AND at = ?"
                " AND key = ?", entries
            )  # fmt: skip

    # --- queries ---------------------------------------------------------------------------------------------------

    def scan(self, installation: str, store: str, prefix: str, after: str) -> Iterator[tuple[str, Row]]:
        """Settled rows whose key begins with ``prefix`` and comes after ``after``, by key, expired ones too."""
        first = max(prefix, after + "\0") if after else prefix
        found = self._execute(_SCAN, (installation, store, first, prefix + _ABOVE))
        return ((key, Row(*rest)) for key, *rest in found)

    def by_key(
        self, installation: str, store: str, part: Range, after: Position | None, *, descending: bool
    ) -> Iterator[tuple[Position, Row]]:
        """Settled rows of an entity in the order of their keys, expired ones too."""
        where, values = _bounds("key", part)
        if after is not None:
            where, values = f"{where} AND key {'<' if descending else '>'} ?", [*values, after.key]
        sql = BY_KEY.format(where=where, order="DESC" if descending else "ASC")
        return _positioned(self._execute(sql, (installation, store, *values)))

    def by_index(
        self,
        installation: str,
        store: str,
        index: tuple[str, str],
        part: Range,
        after: Position | None,
        *,
        descending: bool,
    ) -> Iterator[tuple[Position, Row]]:
        """Settled rows of an entity in the order of an index, ``(name, partition)``, expired ones too."""
        where, values = _bounds("at", part)
        if after is not None:
            where, values = f"{where} AND (at, key) {'<' if descending else '>'} (?, ?)", [*values, *after]
        sql = BY_INDEX.format(where=where, order="DESC" if descending else "ASC")
        return _positioned(self._execute(sql, (installation, store, *index, *values)))

    # --- all of an installation ------------------------------------------------------------------------------------

    def rows(self, installation: str) -> list[tuple[str, str, str]]:
        """Every row at rest as ``(store, key, value)``, by store and key, as it was last written."""
        settled = self._execute("SELECT store, key, value FROM rows WHERE installation = ?", (installation,))
        found: dict[tuple[str, str], str | None] = {(store, key): value for store, key, value in settled}
        written = self._recent.of(installation).items()
        found |= {(place.store, place.key): None if row is None else row.value for place, row in written}
        return [(store, key, value) for (store, key), value in sorted(found.items()) if value is not None]

    def has(self, installation: str) -> bool:
        """Whether the installation has a settled row; when a database is opened, all are."""
        return (
            self._execute("SELECT 1 FROM rows WHERE installation = ? LIMIT 1", (installation,)).fetchone() is not None
        )

    def copy_to(self, target: RowStore, installation: str, done: Callable[[], None]) -> None:
        """Copy all that is the installation's in one transaction; ``done`` is called just before it is committed."""
        self.settle(None)
        with target.together():
            target.drop(installation)
            for table in ("rows", "entities", "entries"):
                copied = self._execute(f"SELECT * FROM {table} WHERE installation = ?", (installation,))  # noqa: S608
                marks = ", ".join("?" * len(copied.description))
                target._db.executemany(f"INSERT INTO {table} VALUES ({marks})", copied)  # noqa: S608
            done()
        target._entities.update((place, entity) for place, entity in self._entities.items() if place[0] == installation)

    def drop(self, installation: str, done: Callable[[], None] = lambda: None) -> None:
        """Delete all that is the installation's in one transaction."""
        with self.together():
            for table in TABLES:
                self._execute(f"DELETE FROM {table} WHERE installation = ?", (installation,))  # noqa: S608
            self._recent.drop(installation)
            done()
        self._known.clear()
        for place in [place for place in self._entities if place[0] == installation]:
            del self._entities[place]

    def close(self) -> None:
        close_database(self._db, self._file, SCHEMA)
        self._db, self._execute = CLOSED, CLOSED.execute
        self._known.clear()


def _positioned(found: Iterator[Any]) -> Iterator[tuple[Position, Row]]:
    return ((Position(at, key), Row(*rest)) for at, key, *rest in found)


def _bounds(column: str, part: Range) -> tuple[str, list[Scalar]]:
    """SQL that a column lies in a part of an index, and its values."""
    where, values = "", []
    if part.low is not None:
        where, values = f" AND {column} {'>=' if part.low_closed else '>'} ?", [part.low]
    if part.high is not None:
        where, values = f"{where} AND {column} {'<=' if part.high_closed else '<'} ?", [*values, part.high]
    return where, values


def _text(entity: Entity) -> str:
    return _encode(entity).decode()
