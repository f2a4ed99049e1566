"""Ranks: text that sorts as issues are ranked, with always room for one more between two (Jira's LexoRank).

A rank is ``0|``, digits and small letters, ``:``, and more of them where two ranks have come close to each other.
"""

from __future__ import annotations

from collections.abc import Sequence

from forgesim.products.jira.world import World, by_rank
from forgesim.site.jira_model import Issue

__all__ = ["last_rank", "place"]

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def last_rank(world: World) -> str:
    """A rank after those that issues have been created with."""
    return f"0|i{world.site.next_id:06d}:"


def place(world: World, issues: Sequence[Issue], *, before: Issue | None = None, after: Issue | None = None) -> None:
    """Rank the issues, in this order, right before or after another one, which is none of them."""
    low, high = _gap(world, issues, before, after)
    if low is None or ":" not in low or (high is not None and low >= high):
        for number, each in enumerate(sorted(world.site.issues.values(), key=by_rank), 1):
            each.rank = f"0|i{number:06d}:"
        low, high = _gap(world, issues, before, after)
    low = low or "0|i000000:"
    for issue in issues:
        issue.rank = low = _between(low, high)


def _gap(
    world: World, issues: Sequence[Issue], before: Issue | None, after: Issue | None
) -> tuple[str | None, str | None]:  # fmt: skip
    """The ranks that the issues go between; null where nothing is on that side."""
    moved = {issue.id for issue in issues}
    others = (each for each in world.site.issues.values() if each.id not in moved)
    if before is not None:
        limit = by_rank(before)
        lower = max((key for each in others if (key := by_rank(each)) < limit), default=None)
        return (lower[0] if lower else None), before.rank
    assert after is not None
    limit = by_rank(after)
    upper = min((key for each in others if (key := by_rank(each)) > limit), default=None)
    return after.rank, (upper[0] if upper else None)


def _between(low: str, high: str | None) -> str:
    """A rank after ``low``, which has a ``:``, and before ``high``."""
    if high is None or not high.startswith(low):
        return f"{low}i"
    return low + _before(high[len(low) :])


def _before(high: str) -> str:
    """Digits that sort before ``high`` and do not end in 0, which nothing would precede."""
    found = ""
    for digit in high:
        number = _DIGITS.index(digit)
        if number > 1:
            return found + _DIGITS[number // 2]
        found += "0"
        if number == 1:
            break
    return f"{found}i"
