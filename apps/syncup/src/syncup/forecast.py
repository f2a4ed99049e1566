"""When a sprint will be done: a thousand imagined futures, each made of days that the team has had.

The numbers depend on the sprint's id and on what is handed in, and on nothing else: who asks twice is told the same.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import accumulate
from typing import Any

from syncup.numbers import percentile
from syncup.timeline import DAY_MS

__all__ = ["FUTURES", "HORIZON", "Pools", "at_least", "finish_days", "forecast", "is_weekend", "pools"]

FUTURES = 1000
CONFIDENCES = (50, 85, 95)
HORIZON = 90
"""Days that are looked ahead; what is not done by then is said to take that long."""

Pools = Mapping[bool, Sequence[float]]
"""Weekend or not → what was completed on such days, one number a day."""


def is_weekend(at_ms: int) -> bool:
    """Whether a day that begins at this instant begins on a Saturday or Sunday, in UTC."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).weekday() >= 5


def pools(history: Sequence[tuple[int, Sequence[float]]]) -> Pools:
    """``history``: per sprint its start and what was completed on each of its days."""
    found: dict[bool, list[float]] = {False: [], True: []}
    for start_ms, daily in history:
        for day, amount in enumerate(daily):
            found[is_weekend(start_ms + day * DAY_MS)].append(amount)
    return found


def finish_days(left: float, kinds: Sequence[bool], days: Pools, seed: int) -> list[int]:
    """Of each future, after how many days nothing is left. ``kinds``: weekend or not, of the days to come.

    Each day is drawn from the team's days of its kind; days of a kind that the team has not had bring nothing.
    """
    done = (accumulate(drawn, initial=0.0) for drawn in _futures(kinds, days, seed))
    return [next((day for day, total in enumerate(each) if total >= left), len(kinds)) for each in done]


def _futures(kinds: Sequence[bool], days: Pools, seed: int) -> Iterator[Iterator[float]]:
    """Of each future, what is done on each of its days."""
    dice = random.Random(seed)  # noqa: S311 -- a forecast, not a secret
    had = [(len(days[kind]), [*days[kind], 0.0]) for kind in kinds]
    for _ in range(FUTURES):
        rolls = [dice.random() for _ in kinds]
        yield (pool[int(roll * size)] for (size, pool), roll in zip(had, rolls, strict=True))


def at_least(days: Pools, *, now_ms: int, ahead: int, seed: int) -> list[dict[str, Any]]:
    """Per confidence what is done at least within so many days from now."""
    sums = [sum(drawn) for drawn in _futures(_kinds(now_ms, ahead), days, seed)]
    return [{"confidence": percent, "done": int(percentile(sums, 100 - percent))} for percent in CONFIDENCES]


def _kinds(now_ms: int, ahead: int) -> list[bool]:
    return [is_weekend(now_ms + day * DAY_MS) for day in range(ahead)]


def forecast(left: float, days: Pools, *, now_ms: int, planned_ms: int, seed: int) -> dict[str, Any]:
    """``chance``: percent of futures in which all is done in the time planned; ``finish``: per confidence the days from
    now and the date; ``futures``: in how many of a thousand it ends on each day from now on."""
    ends = finish_days(left, _kinds(now_ms, HORIZON), days, seed)
    in_time = max(0.0, (planned_ms - now_ms) / DAY_MS)
    return {
        "chance": round(100 * sum(end <= in_time for end in ends) / FUTURES),
        "finish": [_finish(ends, percent, now_ms) for percent in CONFIDENCES],
        "futures": [ends.count(day) for day in range(max(ends) + 1)],
    }


def _finish(ends: Sequence[int], percent: int, now_ms: int) -> dict[str, Any]:
    days = percentile(ends, percent)
    date = datetime.fromtimestamp((now_ms + days * DAY_MS) / 1000, UTC)
    return {"confidence": percent, "days": round(days, 1), "date": f"{date:%Y-%m-%d}"}
