"""From signals to scores and grades, and from signals to what is worth doing first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["GRADES", "SIGNALS", "WEIGHTS", "cheapest_fixes", "grade", "page_score"]

SIGNALS = ("freshness", "ownership", "readability", "structure", "links", "labels", "attachments", "comments")

WEIGHTS: Mapping[str, int] = dict.fromkeys(SIGNALS, 5)
"""Unless the settings say otherwise, every signal weighs the same."""

GRADES = "ABCDEF"
BOUNDS = (50, 60, 70, 80, 90)
"""The least score of an E, D, C, B and A."""

FIXES: Mapping[str, tuple[str, int]] = {
    "freshness": ("Read it once more, correct it, and publish", 15),
    "ownership": ("Give it an owner who still works here", 2),
    "readability": ("Split long sentences and prefer shorter words", 30),
    "structure": ("Add headings, break up walls of text, describe images, finish tasks and placeholders", 20),
    "links": ("Repair broken links, or link to a related page", 10),
    "labels": ("Add two labels", 1),
    "attachments": ("Put back files that are missing, and remove those that are not shown, large or old", 10),
    "comments": ("Answer open comments and resolve them", 10),
}
"""Signal → what raises it, and about how many minutes that takes."""


def page_score(signals: Mapping[str, int], weights: Mapping[str, int]) -> float:
    """The weighted mean of the signals that were judged, to two decimals."""
    total = sum(weights[name] for name in signals)
    points = sum(weights[name] * value for name, value in signals.items())
    return round(points / max(1, total), 2)


def grade(score: float) -> str:
    """A from 90 on, B from 80, C from 70, D from 60, E from 50, F below."""
    return GRADES[::-1][sum(score >= bound for bound in BOUNDS)]


def cheapest_fixes(signals: Mapping[str, int], weights: Mapping[str, int]) -> list[dict[str, Any]]:
    """At most three fixes, those with the most points per minute first."""
    total = max(1, sum(weights[name] for name in signals))
    rows = []
    for name, value in signals.items():
        fix, minutes = FIXES[name]
        gain = round(weights[name] * (100 - value) / total, 2)
        rows.append((-gain / minutes, {"fix": fix, "signal": name, "gain": gain, "minutes": minutes}))
    return [row for effect, row in sorted(rows, key=lambda pair: pair[0]) if effect][:3]
