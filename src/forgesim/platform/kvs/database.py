"""SQLite databases, in files and in memory, and what becomes of the latter when nobody uses them any more."""

from __future__ import annotations

import atexit
import sqlite3
from pathlib import Path
from typing import Final

from forgesim.errors import InputError, Problem

__all__ = ["CLOSED", "FORMAT", "close_database", "open_database"]

FORMAT: Final = 2
READABLE: Final = (0, 1, FORMAT)
"""Formats that are read: 0 is an empty file, 1 has the rows and nothing else, and becomes 2 when it is opened."""

CLOSED: Final = sqlite3.connect(":memory:", check_same_thread=False)
"""In the place of one that was given back: whoever goes on using that is told so, by sqlite3.ProgrammingError."""
CLOSED.close()

_MOST_SPARE: Final = 4
_MOST_PAGES: Final = 1_000
_SPARE: Final[dict[tuple[str, ...], list[sqlite3.Connection]]] = {}
"""Empty databases in memory, by their schema. A proof wants thousands, one after the other: to make one takes longer
than most of what is done in it."""


def open_database(file: Path | None, schema: tuple[str, ...]) -> sqlite3.Connection:
    """A connection in autocommit. In a file it holds the lock for as long as it is open.

    Raises InputError where the file cannot be used: another process has it, it is no database, or one of a format that
    another version of forgesim wrote.
    """
    if file is None and _SPARE.get(schema):
        return _SPARE[schema].pop()
    db = sqlite3.connect(file or ":memory:", isolation_level=None, timeout=0.5, check_same_thread=file is not None)
    try:
        if file is not None:
            db.execute("PRAGMA locking_mode = EXCLUSIVE")
            db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = OFF")
        (version,) = db.execute("PRAGMA user_version").fetchone()
        if version not in READABLE:
            raise _unreadable(file, version)
        db.execute("BEGIN IMMEDIATE")
        for statement in schema:
            db.execute(statement)
        db.execute(f"PRAGMA user_version = {FORMAT}")
        db.execute("COMMIT")
    except InputError:
        db.close()
        raise
    except sqlite3.Error as error:
        db.close()
        busy = "locked" in str(error)
        what = "this state folder is in use by another run" if busy else f"not a usable database: {error}"
        raise InputError(Problem(what=what, file=None if file is None else str(file))) from None
    return db


def close_database(db: sqlite3.Connection, file: Path | None, schema: tuple[str, ...]) -> None:
    """Close what ``open_database`` gave; one in memory is emptied, and kept for whoever wants the next: it may not be
    used any more, so that ``CLOSED`` belongs in its place."""
    if db is CLOSED:
        return
    spare = _SPARE.setdefault(schema, [])
    if file is not None or len(spare) >= _MOST_SPARE or db.execute("PRAGMA page_count").fetchone()[0] > _MOST_PAGES:
        db.close()
        return
    if db.in_transaction:
        db.execute("ROLLBACK")
    for (table,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall():
        db.execute(f"DELETE FROM {table}")  # noqa: S608 - a name of the schema
    spare.append(db)


@atexit.register
def _close_spare() -> None:
    for spare in _SPARE.values():
        while spare:
            spare.pop().close()


def _unreadable(file: Path | None, version: int) -> InputError:
    what = f"stored data has format {version}, and this forgesim reads formats 1 to {FORMAT}"
    hint = "use the forgesim that wrote it, or another state folder"
    return InputError(Problem(what=what, file=None if file is None else str(file), hint=hint))
