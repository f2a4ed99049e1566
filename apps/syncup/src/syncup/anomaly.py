"""What is out of the ordinary in a sprint or a week, by the team's own past and by nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from syncup.numbers import percentile, share, total
from syncup.report import Row, say_do

__all__ = ["LEAST", "LEAST_WEEKS", "REACH", "anomalies", "outside", "signs"]

LEAST = 5
"""Sprints that a team's past has at least, for anything to be unusual."""

LEAST_WEEKS = 8
"""The same in weeks, which are shorter and differ more."""

REACH = 2.5
"""Quartile distances beyond the quartiles. Tukey's fences, for what lies outside a large sample, are at 1.5; those of
five to twelve values are uncertain themselves, and would tell a team that never changes of something most times."""

NARROWEST = 0.1
"""Quartiles are taken to be so much of the median apart, and one more, at least: a team as steady as a clock is not
blamed for one day."""


def signs(row: Row, unit: str) -> dict[str, float]:
    """What sprints are compared by: percentages, and days. A sprint of fewer than five completed has no cycle time."""
    totals, issues = row[unit], row["issues"]
    count = max(1, issues["committed"] + issues["added"])
    return {
        "say/do": say_do(totals),
        "scope change": 100 - share(totals["committed"] - totals["added"] - totals["removed"], totals["committed"]),
        "bugs": share(row["bugs"], count),
        "reopened": share(row["reopened"], count),
        "flow efficiency": row["efficiency"],
        "blocked days": row["blocked"],
    } | {f"cycle days {name}": days for name, days in row["cycle"].items()}


def anomalies(row: Row, past: Sequence[Row], unit: str, *, ended: bool = True) -> list[dict[str, Any]]:
    """What of a sprint lies outside the fences of past sprints. Of one that has not ended only what is high already:
    the rest may still come."""
    return outside(signs(row, unit), [signs(each, unit) for each in past], LEAST, low_too=ended)


def outside(
    now: Mapping[str, float], before: Sequence[Mapping[str, float]], least: int, *, low_too: bool = True
) -> list[dict[str, Any]]:
    """``{sign, value, usual, low, high}`` of what lies outside the fences of what was before; ``usual``: the median.
    Nothing does where fewer than ``least`` values are known."""
    found = []
    for sign, value in now.items():
        known = [each[sign] for each in before if sign in each]
        if len(known) >= least:
            fence = _fence(known)
            found += [{"sign": sign, "value": value, **fence}] * (not low_too * fence["low"] <= value <= fence["high"])
    return found


def _fence(known: Sequence[float]) -> dict[str, Any]:
    first, median, third = (percentile(known, percent) for percent in (25, 50, 75))
    reach = REACH * max(NARROWEST * median + 1, third - first)
    return {"usual": total([median]), "low": total([first - reach]), "high": total([third + reach])}
