"""One sprint in numbers, from the passages of its issues. README.md has the definitions.

Numbers come by unit: ``issues`` counts issues, ``points`` and ``hours`` add their estimates.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from operator import attrgetter
from typing import Any

from syncup.flow import flow_of, percentiles
from syncup.numbers import ENOUGH, share, total
from syncup.passage import Passage, State, Window
from syncup.timeline import DAY_MS, IssueLine

__all__ = ["KEPT_DAYS", "MOST_DAYS", "UNITS", "Row", "burndown", "burnup", "day_starts", "is_group", "say_do"]
__all__ += ["sprint_row", "team_size"]

Row = dict[str, Any]
Groups = Mapping[str, Sequence[State]]

TEAM_MS = 28 * DAY_MS
"""Whoever changed an issue of the board so long before a sprint's start is of the team of the sprint."""

MOST_DAYS = 45
"""Days of a sprint that its lists show; of a longer one, the first."""

KEPT_DAYS = 31
"""Days of a sprint of which is kept what was done on each; of a longer one, the first."""

UNITS: Mapping[str, Callable[[State], float]] = {
    "issues": lambda state: 1,
    "points": attrgetter("points"),
    "hours": attrgetter("hours"),
}
"""Unit → how much an issue in a state is of it."""


def team_size(lines: Iterable[IssueLine], window: Window) -> int:
    """How many people changed issues of the board in the sprint or in the 28 days before it; nobody learns who."""
    first = window.start_ms - TEAM_MS
    return len({author for line in lines for at, author in line.authors if first <= at < window.end_ms})


def is_group(passages: Sequence[Passage], people: int) -> bool:
    return min(len(passages), people) >= ENOUGH


def sprint_row(passages: Sequence[Passage], window: Window) -> Row:
    """What is kept of a sprint: per unit the totals and what was completed on each day; reopened issues, bugs, issues
    without an estimate, cycle times, flow efficiency, blocked days."""
    groups, daily = _groups(passages), _completed_by_day(passages, window)
    row: Row = {unit: _totals(groups, daily, amount) for unit, amount in UNITS.items()}
    row["reopened"] = sum(passage.reopened for passage in passages)
    row["unestimated"] = sum(not passage.last.points + passage.last.hours for passage in passages)
    row["bugs"] = sum(passage.is_bug for passage in passages)
    row["cycle"] = percentiles([passage.cycle_days for passage in passages if passage.completed])
    return row | flow_of(passages, window.end_ms)


def _totals(groups: Groups, daily: Sequence[Sequence[State]], amount: Callable[[State], float]) -> Row:
    row: Row = {name: total(map(amount, states)) for name, states in groups.items()}
    row["reestimated"] = total([row.pop("last"), -row.pop("first")])
    return row | {"daily": [total(map(amount, states)) for states in daily]}


def _groups(passages: Sequence[Passage]) -> Groups:
    """Total → the states that it adds up; and all the ``first`` and ``last`` ones, between which estimates grow."""
    return {
        "committed": [each.first for each in passages if each.committed],
        "added": [each.first for each in passages if not each.committed],
        "removed": [each.last for each in passages if not each.stays],
        "completed": [each.last for each in passages if each.completed],
        "carried": [each.last for each in passages if each.stays and not each.completed],
        "kept": [each.first for each in passages if each.committed and each.completed],
        "first": [each.first for each in passages],
        "last": [each.last for each in passages],
    }


def _completed_by_day(passages: Sequence[Passage], window: Window) -> Sequence[Sequence[State]]:
    days: list[list[State]] = [[] for _ in range(MOST_DAYS)]
    for each in passages:
        if each.completed:
            day = (max(each.finish_ms, each.first.at_ms) - window.start_ms) // DAY_MS
            days[min(day, MOST_DAYS - 1)].append(each.last)
    return days[: min(KEPT_DAYS, len(day_starts(window)))]


def day_starts(window: Window) -> list[int]:
    """The instants at which the days of a sprint begin, of those that have begun."""
    days = max(1, min(MOST_DAYS, -((window.start_ms - window.end_ms) // DAY_MS)))
    return [window.start_ms + day * DAY_MS for day in range(days)]


def _instants(window: Window) -> list[int]:
    """When its days begin, and its end."""
    return [*day_starts(window), max(window.start_ms, window.end_ms - 1)]


def burndown(passages: Sequence[Passage], window: Window, unit: str) -> list[float]:
    """What was left to do at the start, a day after it, and so on; at the end, last."""
    amount = UNITS[unit]
    return _over(passages, _instants(window), lambda state: state.is_open * amount(state))


def burnup(passages: Sequence[Passage], window: Window, unit: str) -> dict[str, list[float]]:
    """``scope`` and what of it is ``done``, at the same instants as the burndown; and per day what came into scope,
    what left it, and what estimates grew by in it. What comes and goes again is in both."""
    at, amount = _instants(window), UNITS[unit]
    days: list[list[tuple[float, float, float]]] = [[] for _ in at]
    for passage in passages:
        for when, change in _changes(passage, amount):
            days[bisect_left(at, when)].append(change)
    found = {
        "scope": _over(passages, at, lambda state: state.inside * amount(state)),
        "done": _over(passages, at, lambda state: (state.inside and state.done) * amount(state)),
    }
    for place, name in enumerate(("came", "left", "grew")):
        found[name] = [total([change[place] for change in day]) for day in days[1:]]
    return found


def _changes(passage: Passage, amount: Callable[[State], float]) -> Iterator[tuple[int, tuple[float, float, float]]]:
    """(instant, (came, left, grew)) of each state after the first."""
    for before, after in pairwise(passage.states):
        old, new = before.inside * amount(before), after.inside * amount(after)
        came, left = (after.inside > before.inside) * new, (after.inside < before.inside) * old
        yield after.at_ms, (came, left, new - old - came + left)


def _over(passages: Sequence[Passage], at: Sequence[int], worth: Callable[[State], float]) -> list[float]:
    """What the states at these instants are worth, all together."""
    rows = [passage.over(at, worth) for passage in passages]
    return [total(column) for column in zip([0] * len(at), *rows, strict=True)]


def say_do(totals: Row) -> int:
    """How much of what was committed was completed, in percent."""
    return share(totals["kept"], totals["committed"])
