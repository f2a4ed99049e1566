"""Real time of live requests: until when one may take, and when a host's next turn is."""

from __future__ import annotations

from collections.abc import Callable
from time import CLOCK_MONOTONIC, clock_gettime

from forgesim.egress.failures import LiveError

__all__ = ["Deadline", "Pace", "real_now"]


def real_now() -> float:
    """Seconds of a clock that only runs forward, and that no tool which freezes a test's time stops."""
    return clock_gettime(CLOCK_MONOTONIC)


class Deadline:
    """An instant that is ``seconds`` from now."""

    def __init__(self, seconds: float, now: Callable[[], float]) -> None:
        self._seconds = seconds
        self._now = now
        self._at = now() + seconds

    def left(self) -> float:
        """Seconds that are left, more than none. Raises LiveError where none are."""
        left = self._at - self._now()
        if left <= 0:
            raise LiveError("ERR_READ_TIMEOUT", f"no whole answer within {self._seconds:g} real s")
        return left


class Pace:
    """Turns of one host: ``burst`` at once, then ``per_second``."""

    def __init__(self, burst: int, per_second: float, now: Callable[[], float]) -> None:
        self._burst = float(burst)
        self._per_second = per_second
        self._now = now
        self._turns = self._burst
        self._seen = now()

    def take(self) -> float:
        """Take the next turn; in how many seconds it is."""
        now = self._now()
        self._turns = min(self._burst, self._turns + (now - self._seen) * self._per_second) - 1
        self._seen = now
        return max(0.0, -self._turns / self._per_second)
