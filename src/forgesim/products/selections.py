"""What was selected from a site, kept for the next page of the same list: to select anew for each page would make a
whole list cost as the square of its length."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Generic, TypeVar

__all__ = ["MOST_KEPT", "Selections"]

T = TypeVar("T")

MOST_KEPT = 16
"""Lists kept at a time: a few that an app reads side by side, each a pointer an item."""


class Selections(Generic[T]):
    """Lists by what was asked for. The key holds all that a list depends on but the site; whoever changes the site
    says ``forget``."""

    def __init__(self) -> None:
        self._kept: dict[Hashable, Sequence[T]] = {}

    def forget(self) -> None:
        """The site has changed, or may have."""
        self._kept.clear()

    def of(self, key: Hashable, select: Callable[[], Sequence[T]], *, anew: bool = False) -> Sequence[T]:
        """The list of that key, which nobody may change: the one that is kept, or what ``select`` gives, as always
        where ``anew`` asks for it. The one used last stays longest."""
        kept = self._kept.pop(key, None)
        found = select() if kept is None or anew else kept
        self._kept[key] = found
        if len(self._kept) > MOST_KEPT:
            del self._kept[next(iter(self._kept))]
        return found
