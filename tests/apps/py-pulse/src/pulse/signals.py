"""The six signals of a page: whole numbers from 0 (bad) to 100 (good), from form and metadata alone.

README.md has the formulas. Nothing here depends on which words a page uses, only on how many and how long
they are; the marker words TODO, FIXME, TBD and DRAFT are the exception.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import pairwise

from pulse.storage_format import Form, Link

__all__ = [
    "SIGNALS", "Known", "freshness", "know", "labels", "links", "outgoing", "ownership", "readability",
    "structure", "targets",
]  # fmt: skip

SIGNALS = ("freshness", "ownership", "readability", "structure", "links", "labels")

HALF_LIFE_DAYS = 180
ENOUGH_WORDS = 25
"""A page with fewer words is a stub: its readability and structure count in proportion."""

OWNER: Mapping[str, int] = {"active": 100, "none": 0}
OWNER_AWAY = 40
LABELS = (0, 60, 100)

Known = Mapping[Link, str]
"""Link → id of the page that it leads to, as pages of one space see it."""


def freshness(age_days: float) -> int:
    """100 on the day of the last edit, halved every 180 days from then on."""
    return round(100 * math.exp2(-max(0.0, age_days) / HALF_LIFE_DAYS))


def ownership(status: str) -> int:
    """``status`` is the account status of the owner, or ``none``: 100 active, 0 none, 40 anything else."""
    return OWNER.get(status, OWNER_AWAY)


def readability(form: Form) -> int:
    """From words per sentence and the share of long words; 100 up to an index of 35, 0 from 75 on."""
    words = max(1, form.words)
    index = words / max(1, form.sentences) + 100 * form.long_words / words
    return round(_bounded(100 - 2.5 * (index - 35)) * _substance(form))


def structure(form: Form) -> int:
    """100, less what makes a page hard to find one's way in."""
    jumps = sum(after > before + 1 for before, after in pairwise(form.headings))
    lost = (
        40 * (form.words > 150) * (not form.headings)
        + 10 * min(2, jumps)
        + 10 * min(3, form.walls)
        + 10 * min(2, form.images_without_alt)
        + 10 * min(3, form.markers)
    )
    return round(_bounded(100 - lost) * _substance(form))


def know(key: str, base: str, titles: Mapping[str, str]) -> tuple[frozenset[str], Known]:
    """How pages of the space ``key`` name each other. ``titles``: page id → title; ``base`` is ``https://SITE/wiki``.

    The names of the space itself, and link → page id.
    """
    by_title = ("", key)
    by_address = (f"/wiki/spaces/{key}", f"{base}/spaces/{key}")
    known = {(where, title): page_id for page_id, title in titles.items() for where in by_title}
    known |= {(where, page_id): page_id for page_id in titles for where in by_address}
    return frozenset(by_title + by_address), known


def targets(form: Form, known: Known) -> set[str]:
    """The ids of the pages of the space that a page links to."""
    return {known[link] for link in form.links & known.keys()}


def outgoing(form: Form, own: frozenset[str], known: Known) -> int:
    """0 to 70: 20 for linking to pages of the space, 50 for the share of such links that lead somewhere."""
    inside = sum(where in own for where, _ in form.links)
    broken = inside - len(form.links & known.keys())
    return 20 * (inside > 0) + round(50 * (1 - broken / max(1, inside)))


def links(outgoing_points: int, *, linked: bool) -> int:
    """Outgoing points, and 30 where another page of the space links here."""
    return outgoing_points + 30 * linked


def labels(count: int) -> int:
    """0 without, 60 with one, 100 with two or more."""
    return LABELS[min(count, 2)]


def _substance(form: Form) -> float:
    return min(form.words, ENOUGH_WORDS) / ENOUGH_WORDS


def _bounded(points: float) -> float:
    return min(100.0, max(0.0, points))
