"""The health of a sprint: 100, less what speaks against it, each with its reason."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from syncup.passage import Window

__all__ = ["WEIGHTS", "health"]

WEIGHTS: Mapping[str, int] = {
    "Less is done than the time that has passed asks for": 60,
    "The scope has changed since the start": 20,
    "Issues have no estimate": 10,
    "Issues that were done were opened again": 10,
}
"""Reason → points it takes at most; together 100."""


def health(row: Mapping[str, Any], window: Window, unit: str) -> tuple[int, list[dict[str, Any]]]:
    """A whole number from 0 to 100, and ``{reason, lost}`` of what took points, the most first."""
    totals, issues = row[unit], row["issues"]
    count = issues["committed"] + issues["added"]
    scope = totals["completed"] + totals["carried"]
    shares = (
        totals["carried"] / max(1, scope) - _time_left(window),
        (totals["added"] + totals["removed"]) / max(1, totals["committed"]),
        row["unestimated"] / max(1, count),
        row["reopened"] / max(1, count),
    )
    lost = {
        reason: round(weight * min(1.0, max(0.0, part)))
        for (reason, weight), part in zip(WEIGHTS.items(), shares, strict=True)
    }
    reasons = [{"reason": reason, "lost": points} for reason, points in lost.items() if points]
    return 100 - sum(lost.values()), sorted(reasons, key=lambda each: -int(str(each["lost"])))


def _time_left(window: Window) -> float:
    """The share of the planned time that is still to come, from 0 to 1."""
    left, whole = window.planned_ms - window.end_ms, window.planned_ms - window.start_ms
    return min(1.0, max(0, left) / max(1, whole))
