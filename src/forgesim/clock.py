"""The virtual clock: the only time that the platform, the gateway and the claims know."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache

__all__ = ["EPOCH_MS", "VirtualClock", "iso_utc", "parse_time"]

EPOCH_MS = 1_767_603_600_000
"""2026-01-05T09:00:00Z, where generated sites start; epoch milliseconds."""


class VirtualClock:
    """Milliseconds since the epoch that move only when told to, and never backwards."""

    __slots__ = ("now_ms",)

    def __init__(self, now_ms: int = EPOCH_MS) -> None:
        self.now_ms = now_ms

    def advance(self, by_ms: int) -> int:
        if by_ms < 0:
            raise ValueError(f"a clock cannot go back by {-by_ms} ms")
        self.now_ms += by_ms
        return self.now_ms

    def move_to(self, at_ms: int) -> int:
        """Move to ``at_ms``; an instant that has passed changes nothing."""
        self.now_ms = max(self.now_ms, at_ms)
        return self.now_ms


@lru_cache(maxsize=1 << 14)  # a history is read many times over: its times are most of what is written
def iso_utc(at_ms: int) -> str:
    """RFC 3339 in UTC with milliseconds, as Confluence writes times: ``2026-01-05T09:00:00.000Z``."""
    moment = datetime.fromtimestamp(at_ms / 1000, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{at_ms % 1000:03d}Z"


def parse_time(text: str) -> int:
    """Epoch milliseconds of an RFC 3339 or ISO 8601 instant or date; without an offset it is UTC.

    Raises ValueError where the text is no time.
    """
    moment = datetime.fromisoformat(text)
    return round((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)
