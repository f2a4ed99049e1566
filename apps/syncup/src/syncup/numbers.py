"""Sums, means, percentiles and shares."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

__all__ = ["ENOUGH", "LARGEST", "mean", "percentile", "share", "total"]

ENOUGH = 5
"""Fewer issues, or fewer people, are no group: no number is made of them."""

LARGEST = 9999.9
"""No sum is said to be larger: what is kept of a sprint is bounded."""


def percentile(values: Sequence[float], percent: float) -> float:
    """By linear interpolation between the two nearest of at least one value, as numpy and spreadsheets do."""
    ordered = sorted(values)
    place = (len(ordered) - 1) * percent / 100
    below = ordered[math.floor(place)]
    return below + (ordered[math.ceil(place)] - below) * (place - math.floor(place))


def mean(values: Sequence[float]) -> float:
    """The arithmetic mean of at least one value."""
    return math.fsum(values) / len(values)


def total(values: Iterable[float]) -> float:
    """The sum to one decimal, never minus zero; of whole numbers a whole number."""
    return max(-LARGEST, min(LARGEST, round(sum(values), 1) + 0))


def share(part: float, whole: float) -> int:
    """``part`` in whole percent of ``whole``; 100 of nothing, as nothing is missing then."""
    return 100 - round(100 * (whole - part) / max(0.1, whole))
