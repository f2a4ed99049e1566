"""The eight signals of a page: whole numbers from 0 (bad) to 100 (good), from form and metadata alone.

README.md has the formulas. Nothing here depends on which words a page uses, only on how many and how long they are;
the marker words (``storage_format.MARKER``) and labels that name a review cycle are the exceptions.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from pulse.storage_format import Form

__all__ = [
    "attachments", "comments", "freshness", "labels", "links", "ownership", "readability", "review_cycle",
    "structure",
]  # fmt: skip

HALF_LIFE_DAYS = 180
ENOUGH_WORDS = 25
"""A page with fewer words is a stub: its readability and structure count in proportion."""

OWNER: Mapping[str, int] = {"active": 100, "none": 0}
OWNER_AWAY = 40
LABELS = (0, 60, 100)
LARGE = 10_000_000
"""Bytes above which a file is large."""

OLD_DAYS, LONG_OPEN_DAYS = 730, 30
REVIEW = re.compile(r"review-([0-9]{1,4})d")


def review_cycle(names: Iterable[str], otherwise: int) -> int:
    """Days after which a page is due for review: the shortest that a label such as ``review-90d`` names, else
    ``otherwise``; 0 is never."""
    return min((int(found[1]) for found in map(REVIEW.fullmatch, names) if found), default=otherwise)


def freshness(age_days: float, cycle_days: int = 0) -> int:
    """100 until the page is due, then halved with every cycle; without a cycle it is halved every 180 days."""
    past = max(0.0, age_days - cycle_days)
    return round(100 * math.exp2(-past / (cycle_days or HALF_LIFE_DAYS)))


def ownership(status: str) -> int:
    """``status`` is the account status of the owner, or ``none``: 100 active, 0 none, 40 anything else."""
    return OWNER.get(status, OWNER_AWAY)


def readability(form: Form) -> int | None:
    """From words per sentence and the share of long words; 100 up to an index of 35, 0 from 75 on. None where fewer
    than nine words of ten are in Latin script: the index means nothing elsewhere."""
    words = max(1, form.words)
    index = words / max(1, form.sentences) + 100 * form.long_words / words
    judged = round(_bounded(100 - 2.5 * (index - 35)) * _substance(form))
    return (None, judged)[10 * form.latin >= 9 * form.words]


def structure(form: Form) -> int:
    """100, less what makes a page hard to find one's way in, or leaves it unfinished."""
    jumps = sum(after > before + 1 for before, after in pairwise(form.headings))
    lost = (
        40 * (form.words > 150) * (not form.headings)
        + 10 * min(2, jumps)
        + 10 * min(3, form.walls)
        + 10 * min(2, form.images_without_alt)
        + 10 * min(3, form.markers)
        + 5 * min(4, form.open_tasks)
    )
    return round(_bounded(100 - lost) * _substance(form))


def links(places: Sequence[int | None]) -> int:
    """``places`` as ``Roll.places`` gives them: 30 for linking to pages of the space, 70 for the share of such links
    that lead somewhere."""
    broken = sum(place is None for place in places)
    return 30 * (len(places) > 0) + round(70 * (1 - broken / max(1, len(places))))


def labels(count: int) -> int:
    """0 without, 60 with one, 100 with two or more."""
    return LABELS[min(count, 2)]


def attachments(form: Form, files: Mapping[str, tuple[int, float]]) -> int:
    """``files``: name → bytes and age in days. 100, less what is not there though the page shows it, what is there and
    not shown, and what is large or old."""
    missing = len(form.files - files.keys())
    unused = len(files.keys() - form.files) * (not form.lists_files)
    large = sum(size > LARGE for size, _ in files.values())
    old = sum(age > OLD_DAYS for _, age in files.values())
    lost = 30 * min(2, missing) + 10 * min(3, unused) + 10 * min(2, large) + 5 * min(2, old)
    return round(_bounded(100 - lost))


def comments(ages_days: Sequence[float]) -> int:
    """Of open comments: each costs 10, one that has waited for more than 30 days 20."""
    return round(_bounded(100 - sum(10 + 10 * (age > LONG_OPEN_DAYS) for age in ages_days)))


def _substance(form: Form) -> float:
    return min(form.words, ENOUGH_WORDS) / ENOUGH_WORDS


def _bounded(points: float) -> float:
    return min(100.0, max(0.0, points))
