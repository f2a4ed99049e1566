"""One sprint in numbers, from the passages of its issues. README.md has the definitions.

Numbers come by unit: ``issues`` counts issues, ``points`` adds their estimates.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from syncup.numbers import percentile, share, total
from syncup.passage import Passage, State, Window
from syncup.timeline import DAY_MS, IssueLine

__all__ = ["ENOUGH", "MOST_DAYS", "UNITS", "burndown", "cycle_times", "is_group", "say_do", "sprint_row", "team_size"]

Row = dict[str, Any]

ENOUGH = 5
"""Fewer issues, or fewer people, are no group: no number is made of them."""

TEAM_MS = 28 * DAY_MS
"""Whoever changed an issue of the board so long before a sprint's start is of the team of the sprint."""

MOST_DAYS = 45
"""Days of a sprint that its lists show; of a longer one, the first."""

PERCENTS = (50, 85, 95)

UNITS: Mapping[str, Callable[[State], float]] = {"issues": lambda state: 1, "points": lambda state: state.points}
"""Unit → how much an issue in a state is of it."""


def team_size(lines: Iterable[IssueLine], window: Window) -> int:
    """How many people changed issues of the board in the sprint or in the 28 days before it; nobody learns who."""
    first = window.start_ms - TEAM_MS
    return len({author for line in lines for at, author in line.authors if first <= at < window.end_ms})


def is_group(passages: Sequence[Passage], people: int) -> bool:
    return min(len(passages), people) >= ENOUGH


def sprint_row(passages: Sequence[Passage], window: Window) -> Row:
    """What is kept of a sprint: per unit the totals and what was completed on each day; cycle times, reopened issues,
    issues without an estimate."""
    row: Row = {unit: _totals(passages, window, amount) for unit, amount in UNITS.items()}
    row["reopened"] = sum(passage.reopened for passage in passages)
    row["unestimated"] = sum(not passage.last.points for passage in passages)
    return row | {"cycle": cycle_times([passage.cycle_days for passage in passages if passage.completed])}


def _totals(passages: Sequence[Passage], window: Window, amount: Callable[[State], float]) -> Row:
    def amounts(states: Iterable[State]) -> float:
        return total(amount(state) for state in states)

    committed = [each for each in passages if each.committed]
    completed = [each for each in passages if each.completed]
    came = amounts(each.first for each in passages)
    days: list[list[State]] = [[] for _ in range(_days(window))]
    for each in completed:
        day = (max(each.finish_ms, each.first.at_ms) - window.start_ms) // DAY_MS
        days[min(day, len(days) - 1)].append(each.last)
    return {
        "committed": amounts(each.first for each in committed),
        "added": amounts(each.first for each in passages if not each.committed),
        "removed": amounts(each.last for each in passages if not each.stays),
        "completed": amounts(each.last for each in completed),
        "carried": amounts(each.last for each in passages if each.stays and not each.completed),
        "kept": amounts(each.first for each in committed if each.completed),
        "reestimated": total([amounts(each.last for each in passages), -came]),
        "daily": [amounts(states) for states in days],
    }


def _days(window: Window) -> int:
    """Days that have begun of a sprint."""
    return max(1, min(MOST_DAYS, -((window.start_ms - window.end_ms) // DAY_MS)))


def burndown(passages: Sequence[Passage], window: Window, unit: str) -> list[float]:
    """What was left to do at the start, a day after it, and so on; at the end, last."""
    starts = [window.start_ms + day * DAY_MS for day in range(_days(window))]
    return [_left(passages, at, UNITS[unit]) for at in (*starts, max(window.start_ms, window.end_ms - 1))]


def _left(passages: Sequence[Passage], at_ms: int, amount: Callable[[State], float]) -> float:
    return total(amount(state) for passage in passages if (state := passage.left(at_ms)))


def cycle_times(days: Sequence[float]) -> dict[str, float]:
    """Percentiles of the days from the start of work to done; empty where fewer than five issues were done."""
    return {f"p{percent}": total([percentile(days, percent)]) for percent in PERCENTS if len(days) >= ENOUGH}


def say_do(totals: Row) -> int:
    """How much of what was committed was completed, in percent."""
    return share(totals["kept"], totals["committed"])
