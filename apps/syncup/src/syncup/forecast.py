"""When a sprint will be done: a thousand imagined futures, each made of weeks that the team has had.

The numbers depend on the sprint's id and on what is handed in, and on nothing else: who asks twice is told the same.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from itertools import islice, pairwise
from operator import add, le
from typing import Any

from syncup.numbers import mean, percentile
from syncup.timeline import DAY_MS

__all__ = ["FUTURES", "HORIZON", "NOTHING", "Weeks", "at_least", "finish_days", "forecast", "futures", "weeks"]

FUTURES = 1000
CONFIDENCES = (50, 85, 95)
HORIZON = 90
"""Days that are looked ahead; what is not done by then is said to take that long."""

WEEK = 7
WEEKEND = 5
"""The first weekday of it, where Monday is 0."""

Weeks = Sequence[Sequence[float]]
"""Per week what was completed on its Monday, Tuesday, and so on to its Sunday."""

NOTHING: Weeks = ((0.0,) * WEEK,)
"""What a team without a past has."""


def weeks(history: Sequence[tuple[int, Sequence[float]]]) -> Weeks:
    """``history``: per sprint its start and what was completed on each of its days. Seven days of a sprint are a week,
    on whichever day it starts; a day that the last one lacks is like the mean of all weekdays, or weekends."""
    runs: list[dict[int, float]] = []
    for start_ms, daily in history:
        first = _weekday(start_ms)
        for day, amount in enumerate(daily):
            if day % WEEK == 0:
                runs.append({})
            runs[-1][(first + day) % WEEK] = amount
    usual = [_usual(runs, range(WEEKEND)), _usual(runs, range(WEEKEND, WEEK))]
    return [[run.get(day, usual[day >= WEEKEND]) for day in range(WEEK)] for run in runs] or NOTHING


def _weekday(at_ms: int) -> int:
    """That of the day that begins at this instant, in UTC."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).weekday()


def _usual(runs: Sequence[dict[int, float]], days: range) -> float:
    return mean([run[day] for run in runs for day in days if day in run] or [0.0])


def futures(known: Weeks, *, now_ms: int, seed: int) -> Iterator[list[float]]:
    """Per day from now on, without end, what is done on it in each future.

    A future's weeks are the team's whole weeks, for good weeks and bad ones last longer than a day. Every week that a
    future draws is put back twice (Pólya's urn): so futures differ too by what few weeks cannot tell of a team.
    """
    dice = random.Random(seed)  # noqa: S311 -- a forecast, not a secret
    first, count = _weekday(now_ms), len(known)
    drawn: list[list[int]] = []
    while True:
        picks = dice.choices(range(count + len(drawn)), k=FUTURES)
        drawn.append([pick if pick < count else drawn[pick - count][each] for each, pick in enumerate(picks)])
        for day in range(first, first + WEEK):
            yield [*map([week[day % WEEK] for week in known].__getitem__, drawn[-1])]


def finish_days(left: float, days: Iterator[list[float]]) -> list[int]:
    """After how many days nothing is left, of each future, the earliest first."""
    done = [0.0] * FUTURES
    ended = [FUTURES * (left <= 0)]
    while ended[-1] < FUTURES and len(ended) <= HORIZON:
        done = [*map(add, done, next(days))]
        ended.append(sum(map(partial(le, left), done)))
    ended[HORIZON:] = [FUTURES]
    return [day for day, (before, after) in enumerate(pairwise([0, *ended])) for _ in range(after - before)]


def at_least(known: Weeks, *, now_ms: int, ahead: int, seed: int) -> list[dict[str, Any]]:
    """Per confidence what is done at least within so many days from now."""
    sums = [*map(sum, zip(*islice(futures(known, now_ms=now_ms, seed=seed), ahead), strict=True))]
    return [{"confidence": percent, "done": int(percentile(sums, 100 - percent))} for percent in CONFIDENCES]


def forecast(left: float, known: Weeks, *, now_ms: int, planned_ms: int, seed: int) -> dict[str, Any]:
    """``chance``: percent of futures in which all is done in the time planned; ``finish``: per confidence the days from
    now and the date; ``futures``: in how many of a thousand it ends on each day from now on."""
    ends = finish_days(left, futures(known, now_ms=now_ms, seed=seed))
    in_time = max(0.0, (planned_ms - now_ms) / DAY_MS)
    by_day = [ends.count(day) for day in range(ends[-1] + 1)]
    return {
        "chance": round(100 * sum(by_day[: int(in_time) + 1]) / FUTURES),
        "finish": [_finish(ends, percent, now_ms) for percent in CONFIDENCES],
        "futures": by_day,
    }


def _finish(ends: Sequence[int], percent: int, now_ms: int) -> dict[str, Any]:
    days = percentile(ends, percent)
    date = datetime.fromtimestamp((now_ms + days * DAY_MS) / 1000, UTC)
    return {"confidence": percent, "days": round(days, 1), "date": f"{date:%Y-%m-%d}"}
