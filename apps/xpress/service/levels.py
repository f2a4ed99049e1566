"""Levels of headings that never skip one: a reader who hears a document has no other way to tell its order."""

from __future__ import annotations

__all__ = ["Levels"]

DEEPEST_PAGE = 6


class Levels:
    """Asked in reading order, for all headings of a document."""

    def __init__(self) -> None:
        self._above: list[int] = []
        self._page = 0
        self._within: list[int] = []

    def page(self, depth: int) -> int:
        """The level of a page's title: one below that of the nearest page before it which lies higher."""
        _enter(self._above, depth)
        self._within.clear()
        self._page = min(len(self._above), DEEPEST_PAGE)
        return self._page

    def heading(self, level: int) -> int:
        """The level of a heading inside the page, of ``level`` 1 to 6 there: one below that of the nearest heading
        before it which is higher, so that sisters stay sisters."""
        _enter(self._within, level)
        return self._page + len(self._within)


def _enter(above: list[int], level: int) -> None:
    """Leave what is no higher, and step below what remains."""
    while above and above[-1] >= level:
        above.pop()
    above.append(level)
