"""What is out of the ordinary in a sprint, by the team's own sprints and by nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from syncup.numbers import percentile, share, total
from syncup.report import Row, say_do

__all__ = ["LEAST", "REACH", "anomalies", "signs"]

LEAST = 5
"""Sprints that a team's past has at least, for anything to be unusual."""

REACH = 1.5
"""Quartile distances beyond the quartiles: Tukey's fences."""

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
    """``{sign, value, usual, low, high}`` of what lies outside the fences of past sprints; ``usual``: their median. Of
    a sprint that has not ended only what is high already, for the rest may still come."""
    before = [signs(each, unit) for each in past]
    found = []
    for sign, value in signs(row, unit).items():
        fence = _fence([each[sign] for each in before if sign in each])
        found += [{"sign": sign, "value": value, **fence}] * (not ended * fence["low"] <= value <= fence["high"])
    return found


def _fence(values: Sequence[float]) -> dict[str, Any]:
    """Of fewer than five values, none that anything could lie beyond."""
    known = [*values] if len(values) >= LEAST else [-1e9, 1e9]
    first, median, third = (percentile(known, percent) for percent in (25, 50, 75))
    reach = REACH * max(NARROWEST * median + 1, third - first)
    return {"usual": total([median]), "low": total([first - reach]), "high": total([third + reach])}
