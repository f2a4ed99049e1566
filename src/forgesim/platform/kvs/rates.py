"""How much an installation asks of its storage: requests, units and bytes, in windows of the virtual clock.

Ours: a window is a whole second or minute of the clock, and begins empty; what a request takes is counted when it is
done, a write's units before, so that a write that would go over is refused whole.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Literal

from forgesim.platform.kvs import limits

__all__ = ["Direction", "Meter", "units"]

SECOND_MS = 1000
MINUTE_MS = 60_000
Direction = Literal["read", "write"]
_KEY_BYTES = {"read": limits.KEY_READ_BYTES, "write": limits.KEY_WRITE_BYTES}


def units(size: int) -> int:
    """Units that so many bytes take: 65 KB are 7, and nothing is 1."""
    return max(1, -(-size // limits.UNIT_BYTES))


class Meter:
    """Counts of one installation. Methods that ask return the ms until the window ends where it is full, else null."""

    __slots__ = ("_bytes", "_minute", "_requests", "_second", "_units")

    def __init__(self) -> None:
        self._second = self._minute = -1
        self._requests = 0
        self._units: dict[Direction, int] = {"read": 0, "write": 0}
        self._bytes: dict[Hashable, int] = {}

    def request(self, now_ms: int) -> int | None:
        """Count a request."""
        self._turn(now_ms)
        if self._requests >= limits.REQUESTS_PER_SECOND:
            return SECOND_MS - now_ms % SECOND_MS
        self._requests += 1
        return None

    def has_room(self, direction: Direction, count: int, now_ms: int) -> int | None:
        """Whether so many units fit in the minute."""
        full = self._units[direction] + count > limits.UNITS_PER_MINUTE
        return MINUTE_MS - now_ms % MINUTE_MS if full else None

    def take(self, direction: Direction, count: int) -> None:
        self._units[direction] += count

    def key(self, direction: Direction, key: Hashable, size: int, now_ms: int) -> int | None:
        """Count bytes of one key."""
        return self._pass((direction, key), size, _KEY_BYTES[direction], now_ms)

    def partition(self, partition: Hashable, size: int, now_ms: int) -> int | None:
        """Count bytes that are read of one partition of an index."""
        return self._pass(("index", partition), size, limits.INDEX_BYTES, now_ms)

    def _pass(self, name: Hashable, size: int, most: int, now_ms: int) -> int | None:
        total = self._bytes.get(name, 0) + size
        if total > most:
            return SECOND_MS - now_ms % SECOND_MS
        self._bytes[name] = total
        return None

    def _turn(self, now_ms: int) -> None:
        """Begin new windows where the clock has left the old ones."""
        if now_ms // SECOND_MS != self._second:
            self._second, self._requests = now_ms // SECOND_MS, 0
            self._bytes.clear()
        if now_ms // MINUTE_MS != self._minute:
            self._minute = now_ms // MINUTE_MS
            self._units = {"read": 0, "write": 0}
