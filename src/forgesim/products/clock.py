"""The time of a call to a product, and how exactly the answer rests on it."""

from __future__ import annotations

from typing import Literal

__all__ = ["MINUTE_MS", "Clock", "Holds"]

Holds = Literal["always", "minute", "moment"]
"""For how long an answer stands while the site stays as it is: in the minute of the call, at its very moment."""

MINUTE_MS = 60_000


class Clock:
    """Tells the time, and keeps how exactly it was asked for it."""

    __slots__ = ("_now_ms", "holds")

    def __init__(self, now_ms: int) -> None:
        self._now_ms = now_ms
        self.holds: Holds = "always"

    @property
    def now_ms(self) -> int:
        self.holds = "moment"
        return self._now_ms

    def in_minutes(self) -> Clock:
        """A clock for what compares times to the minute and no closer."""
        if self.holds == "always":
            self.holds = "minute"
        return Clock(self._now_ms)

    def unasked(self) -> Clock:
        """A clock for what does not go by the time, whether it looks or not."""
        return Clock(self._now_ms)
