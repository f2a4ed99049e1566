"""How far a scan is: what the person who scans carries from step to step, about ten bytes a page, and what it adds up
to. Nothing of it is stored before the end, and then its sums alone."""

from __future__ import annotations

from array import array
from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping
from itertools import accumulate, pairwise
from types import SimpleNamespace
from typing import Any

from pulse.score import GRADES, SIGNALS

__all__ = ["COUNTS", "MOST_PAGES", "WORST", "Progress", "taken_up"]

MOST_PAGES = 10_000
"""Pages of one scan: its cursor has less than 170 KB then, of the 500 that Forge lets a call have."""

WORST = 10
MOST_TITLE = 255
MOST_DAYS = 9999
PER_PAGE: Mapping[str, int] = {
    "score": 10_000, "broken": 10_000, "unresolved": 10_000, "overdue": 1, "readable": 1,
    **dict.fromkeys(SIGNALS, 100), **dict.fromkeys(GRADES, 1),
}  # fmt: skip
"""The most that one page adds to each sum: ``score`` counts hundredths, ``readable`` pages whose readability was
judged, letters pages of that grade."""

COUNTS = ("pages", *PER_PAGE)


class Progress(SimpleNamespace):
    """``ids`` of the space's pages when the scan began, ascending; ``titles``: a check sum of each; ``left_out``: how
    many more there are; ``linked``: a bit for each place that another page links to; ``following``: Confluence's own
    cursor; ``worst``: hundredths of the score, id and title."""

    def __init__(
        self,
        *,
        ids: list[int],
        titles: list[int],
        left_out: int,
        weights: dict[str, int],
        review: int,
        following: str = "",
        linked: int = 0,
        tally: dict[str, int] | None = None,
        worst: Iterable[tuple[int, str, str]] = (),
    ) -> None:
        self.ids, self.titles, self.left_out = ids, titles, left_out
        self.weights, self.review, self.following, self.linked = weights, review, following, linked
        self.tally = dict.fromkeys(COUNTS, 0) if tally is None else tally
        self.worst = list(worst)

    def packed(self) -> dict[str, Any]:
        """As a cursor."""
        first = self.ids[:1]
        return {
            **vars(self),
            "ids": " ".join(map(str, first + [after - before for before, after in pairwise(self.ids)])),
            "titles": b64encode(array("I", self.titles).tobytes()).decode(),
            "linked": f"{self.linked:x}",
        }


def taken_up(cursor: Any) -> Progress:
    """The progress that a step has packed. Raises ValueError for what no step can have made."""
    try:
        progress = _unpacked(**cursor)
    except (AttributeError, KeyError, TypeError, ValueError):
        raise ValueError("this is no cursor of a scan") from None
    return progress


def _unpacked(*, ids: str, titles: str, linked: str, worst: Any, **rest: Any) -> Progress:
    sums = array("I", b64decode(titles, validate=True))
    steps = [*map(int, ids.split())]
    made = Progress(
        ids=[*accumulate(steps)],
        titles=[*sums],
        linked=int(linked, 16),
        worst=[(n, id_, title) for n, id_, title in worst],
        **rest,
    )  # fmt: skip
    checks = (
        len(steps) == len(sums) <= MOST_PAGES, min(steps, default=1) > 0, max(steps, default=0) < 10**18,
        made.linked >> len(sums) == 0, isinstance(made.following, str), _is_tally(made.tally),
        _are_numbers([made.left_out, made.review], MOST_DAYS**2), made.weights.keys() == set(SIGNALS),
        _are_numbers(made.weights.values(), 10), len(made.worst) <= WORST, *map(_is_row, made.worst),
    )  # fmt: skip
    if not all(checks):
        raise ValueError
    return made


def _are_numbers(values: Any, most: int) -> bool:
    return {type(each) for each in values} <= {int} and 0 <= min(values, default=0) <= max(values, default=0) <= most


def _is_tally(tally: Mapping[str, int]) -> bool:
    pages = tally["pages"]
    whole = tally.keys() == set(COUNTS) and _are_numbers(tally.values(), 10_000 * MOST_PAGES)
    return whole and pages <= MOST_PAGES and all(tally[name] <= most * pages for name, most in PER_PAGE.items())


def _is_row(row: tuple[int, str, str]) -> bool:
    number, id_, title = row
    return _are_numbers([number], 10_000) and id_.isdecimal() and len(title) <= MOST_TITLE
