"""The ledger that is judged, and beside it the one to hand on where that must not hold real content."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

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

    def stream(self, start: int = 0) -> Iterator[bytes]:
        """The lines of the ledger with bodies, from byte ``start`` on."""
        return self._writers[0].stream(start)

    def close(self) -> None:
        """Release the files; a named ledger without its end record is removed."""
        for writer in self._writers:
            writer.close()


@contextmanager
def open_pens(path: Path | None, *, salt: str | None = None) -> Iterator[Pens]:
    """Pens for a run. With a salt, the ledger under ``path`` is one without content (``redact``)."""
    if path is None or salt is None:
        pens = Pens(LedgerWriter(path))
    else:
        named = LedgerWriter(path, salt=salt)
        try:
            pens = Pens(LedgerWriter(), named)
        except BaseException:
            named.close()
            raise
    try:
        yield pens
    finally:
        pens.close()
