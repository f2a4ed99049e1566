"""When a sprint will be done: a thousand imagined futures, each made of days that the team has had.

The numbers depend on the sprint's id and on what is handed in, and on nothing else: who asks twice is told the same.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from itertools import accumulate
from typing import Any

from syncup.numbers import percentile
from syncup.timeline import DAY_MS

__all__ = ["FUTURES", "HORIZON", "Pools", "finish_days", "forecast", "is_weekend", "pools"]

FUTURES = 1000
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
    dice = random.Random(seed)  # noqa: S311 -- a forecast, not a secret
    had = [(len(days[kind]), [*days[kind], 0.0]) for kind in kinds]
    found = []
    for _ in range(FUTURES):
        rolls = [dice.random() for _ in kinds]
        drawn = (pool[int(roll * size)] for (size, pool), roll in zip(had, rolls, strict=True))
        done = accumulate(drawn, initial=0.0)
        found.append(next((day for day, total in enumerate(done) if total >= left), len(kinds)))
    return found


def forecast(left: float, days: Pools, *, now_ms: int, planned_ms: int, seed: int) -> dict[str, Any]:
    """``chance``: percent of futures in which all is done in the time planned; ``finish``: per confidence the days from
    now and the date; ``futures``: in how many of a thousand it ends on each day from now on."""
    kinds = [is_weekend(now_ms + day * DAY_MS) for day in range(HORIZON)]
    ends = finish_days(left, kinds, days, seed)
    in_time = max(0.0, (planned_ms - now_ms) / DAY_MS)
    return {
        "chance": round(100 * sum(end <= in_time for end in ends) / FUTURES),
        "finish": [_finish(ends, percent, now_ms) for percent in (50, 85, 95)],
        "futures": [ends.count(day) for day in range(max(ends) + 1)],
    }


def _finish(ends: Sequence[int], percent: int, now_ms: int) -> dict[str, Any]:
    days = percentile(ends, percent)
    date = datetime.fromtimestamp((now_ms + days * DAY_MS) / 1000, UTC)
    return {"confidence": percent, "days": round(days, 1), "date": f"{date:%Y-%m-%d}"}
