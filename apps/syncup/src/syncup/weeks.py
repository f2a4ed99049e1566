"""A whole board week by week: what a team without sprints is compared with is its own earlier weeks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from syncup.flow import percentiles
from syncup.numbers import total
from syncup.passage import Passage, Window
from syncup.timeline import DAY_MS

__all__ = ["WEEK_MS", "Week", "daily_of", "signs_of", "weeks_of"]

WEEK_MS = 7 * DAY_MS


class Week(NamedTuple):
    """What came, what was done for good and in how many days each, what was in progress as it ended, and for how long
    open issues were flagged, all together."""

    came: int
    cycle_days: Sequence[float]
    in_progress: int
    blocked_ms: int


def weeks_of(passages: Sequence[Passage], window: Window) -> list[Week]:
    """The weeks of a window, which are whole, the oldest first; from the first on in which the board had an issue."""
    count = (window.end_ms - window.start_ms) // WEEK_MS
    came, in_progress, blocked_ms = [0] * count, [0] * count, [0] * count
    cycles: list[list[float]] = [[] for _ in range(count)]
    first = count
    for passage in passages:
        began = (passage.first.at_ms - window.start_ms) // WEEK_MS
        first = min(first, began)
        came[began] += not passage.committed
        if passage.completed:
            cycles[(passage.finish_ms - window.start_ms) // WEEK_MS].append(passage.cycle_days)
        for state, lasted in passage.stretches(window.end_ms):
            if not state.is_open:
                continue
            since = state.at_ms - window.start_ms
            until = since + lasted
            for week in range(since // WEEK_MS, -(-until // WEEK_MS)):
                begin, end = week * WEEK_MS, (week + 1) * WEEK_MS
                in_progress[week] += not state.waits and end <= until
                blocked_ms[week] += state.blocked * (min(until, end) - max(since, begin))
    return [Week(*each) for each in zip(came, cycles, in_progress, blocked_ms, strict=True)][first:]


def signs_of(week: Week) -> dict[str, float]:
    """What weeks are compared by. One in which fewer than five issues were done has no cycle time."""
    return {
        "issues done": len(week.cycle_days),
        "issues that came": week.came,
        "in progress": week.in_progress,
        "blocked days": total([week.blocked_ms / DAY_MS]),
    } | {f"cycle days {name}": days for name, days in percentiles(week.cycle_days).items()}


def daily_of(passages: Sequence[Passage], window: Window, weeks: int) -> list[int]:
    """How many issues were done for good on each day of so many weeks that end with the window."""
    days = [0] * (7 * weeks)
    for passage in passages:
        day = (passage.finish_ms - window.end_ms) // DAY_MS
        if passage.completed and -len(days) <= day:
            days[day] += 1
    return days
