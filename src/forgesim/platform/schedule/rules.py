"""When a scheduled trigger is due. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from forgesim.platform.schedule.limits import FIRST_MS, MOST_RUNS

__all__ = ["due"]


def due(installed_ms: int, interval_ms: int, after_ms: int, until_ms: int) -> Sequence[int]:
    """The instants later than ``after_ms``, up to ``until_ms``, at which a schedule is due; at most ``MOST_RUNS``."""
    first = installed_ms + FIRST_MS
    number = max(0, -((first - after_ms - 1) // interval_ms))
    instants = range(first + number * interval_ms, until_ms + 1, interval_ms)
    half = MOST_RUNS // 2
    return instants if len(instants) <= MOST_RUNS else [*instants[:half], *instants[-half:]]
