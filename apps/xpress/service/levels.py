"""Levels of headings that never skip one: a reader who hears a document has no other way to tell its order."""

from __future__ import annotations

__all__ = ["Levels"]

DEEPEST_PAGE = 6


class Levels:
    """Asked in reading order, for all headings of a document."""

    def __init__(self) -> None:
        self._above: list[int] = []
        self._page = 0
        self._last = 0

    def page(self, depth: int) -> int:
        """The level of a page's title: one below that of the nearest page before it which lies higher."""
        while self._above and self._above[-1] >= depth:
            self._above.pop()
        self._above.append(depth)
        self._page = self._last = min(len(self._above), DEEPEST_PAGE)
        return self._page

    def heading(self, level: int) -> int:
        """The level of a heading inside the page, of ``level`` 1 to 6 there."""
        self._last = min(self._page + level, self._last + 1)
        return self._last
