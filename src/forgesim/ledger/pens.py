"""The ledger that is judged, and beside it the one to hand on where that must not hold real content."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from forgesim.ledger.records import Record
from forgesim.ledger.write import LedgerWriter

__all__ = ["Pens", "open_pens"]


class Pens:
    """Writes each record to every ledger; ``stream`` is the one with bodies."""

    def __init__(self, *writers: LedgerWriter) -> None:
        self._writers = writers

    def write(self, record: Record) -> None:
        for writer in self._writers:
            writer.write(record)

    def flush(self) -> None:
        for writer in self._writers:
            writer.flush()

    def finish(self) -> None:
        """Write the end records and give a named ledger its name."""
        for writer in self._writers:
            writer.finish()

    def stream(self) -> IO[bytes]:
        """The lines of the ledger with bodies, from its start."""
        return self._writers[0].stream()

    def close(self) -> None:
        """Release the files; a named ledger without its end record is removed."""
        for writer in self._writers:
            writer.close()


@contextmanager
def open_pens(path: Path | None, *, keep_bodies: bool, salt: str) -> Iterator[Pens]:
    """Pens for a run. With ``keep_bodies`` false, the ledger under ``path`` holds salted digests instead of bodies."""
    if path is None or keep_bodies:
        pens = Pens(LedgerWriter(path))
    else:
        pens = Pens(LedgerWriter(), LedgerWriter(path, salt=salt))
    try:
        yield pens
    finally:
        pens.close()
