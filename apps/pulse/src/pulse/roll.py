"""The roll of a space: which pages there are, by all the ways in which pages name each other."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence

from pulse.storage_format import Link

__all__ = ["Roll", "check_sum"]


def check_sum(title: str) -> int:
    """32 bits that stand for a title. Of 10,000 titles, two share one in about one space of a hundred."""
    return zlib.crc32(title.encode())


class Roll:
    """A page's *place* is its number in the roll. ``names`` and ``addresses``: what stands in a link for the space; the
    places of its pages by check sum of the title, where a link names titles, and by id, where it is an address. (No
    tuple with names: to make one takes longer than to make this roll.)"""

    def __init__(self, key: str, base: str, ids: Iterable[int], titles: Sequence[int]) -> None:
        """``base`` is ``https://SITE/wiki``; ids and check sums of titles are in the same order."""
        places = range(len(titles))
        self.names = frozenset({"", key})
        self.addresses = frozenset({f"/wiki/spaces/{key}", f"{base}/spaces/{key}"})
        self.by_title = dict(zip(titles, places, strict=True))
        self.by_id = dict(zip(map(str, ids), places, strict=True))

    def places(self, links: Iterable[Link]) -> list[int | None]:
        """Where the links to pages of the space lead, None for each that is broken. Other links are left out."""
        found = [self.by_title.get(check_sum(what)) for where, what in links if where in self.names]
        return found + [self.by_id.get(what) for where, what in links if where in self.addresses]
