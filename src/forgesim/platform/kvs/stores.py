"""The databases of all regions, in memory or in a folder, and the journal of moves.

In a folder a write is committed before it is acknowledged, so that it outlives the host process (not a crash
of the operating system). One process at a time may use a folder.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final, NamedTuple, Self

from forgesim.errors import InputError, Problem
from forgesim.platform.kvs.database import CLOSED, close_database, open_database
from forgesim.platform.kvs.limits import REALMS
from forgesim.platform.kvs.rows import RowStore

__all__ = ["Move", "Regions"]

_SUFFIX: Final = ".sqlite3"
_MOVES: Final = (
    """CREATE TABLE IF NOT EXISTS moves (
        installation TEXT PRIMARY KEY, source TEXT NOT NULL, target TEXT NOT NULL, copied INTEGER NOT NULL)""",
)


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
        self._journal = open_database(self._file("moves"), _MOVES)

    def store(self, region: str) -> RowStore:
        found = self._stores.get(region)
        if found is None:
            if region not in REALMS:
                raise InputError(Problem(what=f"unknown region {region!r}", hint=f"one of {', '.join(REALMS)}"))
            found = self._stores[region] = RowStore(self._file(region))
        return found

    def opened(self) -> tuple[str, ...]:
        """Regions whose database was opened."""
        return tuple(self._stores)

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
        close_database(self._journal, self._file("moves"), _MOVES)
        self._journal = CLOSED

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _file(self, name: str) -> Path | None:
        return None if self._state is None else self._state / f"{name}{_SUFFIX}"
