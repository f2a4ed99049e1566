"""The ledger of one attempt, kept in memory and read by the oracles."""

from __future__ import annotations

import msgspec

from forgesim.ledger.records import Decided, Record, Witness

__all__ = ["Notebook"]


class Notebook:
    """A pen that keeps records, and the lines that they would be in a ledger. ``clear`` begins the next attempt."""

    def __init__(self) -> None:
        self.records: list[Record] = []
        self.lines: list[bytes] = []

    def write(self, record: Record) -> None:
        self.lines.append(msgspec.json.encode(record))
        self.records.append(record)

    def flush(self) -> None:
        """Nothing to hand on."""

    def clear(self) -> None:
        self.records.clear()
        self.lines.clear()

    def decided(self) -> list[Decided]:
        return [record for record in self.records if isinstance(record, Decided)]

    def witnesses(self) -> list[Witness]:
        return [record for record in self.records if isinstance(record, Witness)]
