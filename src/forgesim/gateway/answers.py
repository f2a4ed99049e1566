"""What products answer about a site that nobody has changed: plays of a proof ask the same of the same site."""

from __future__ import annotations

from collections.abc import Hashable

from forgesim.products.answer import ProductAnswer
from forgesim.products.clock import MINUTE_MS, Holds

__all__ = ["KEPT", "MOST_BYTES", "Answers", "Shelf"]

KEPT = 6
"""Sites whose answers are kept at a time: twins, and what stands beside them."""
MOST_BYTES = 16 << 20
"""Bytes of bodies that are kept for one site; from there on only what is kept is given."""


class Answers:
    """The answers about one site, by all that they depend on besides."""

    __slots__ = ("_holds", "_kept", "_room")

    def __init__(self) -> None:
        self._holds: dict[Hashable, Holds] = {}
        self._kept: dict[Hashable, ProductAnswer] = {}
        self._room = MOST_BYTES

    def get(self, asked: Hashable, now_ms: int) -> ProductAnswer | None:
        holds = self._holds.get(asked)
        return None if holds is None else self._kept.get((asked, _when(holds, now_ms)))

    def keep(self, asked: Hashable, answer: ProductAnswer, now_ms: int) -> None:
        """Answers that bring events about are not for keeping: those happen each time."""
        size = len(answer.answer.body)
        if not answer.happened and size <= self._room:
            self._room -= size
            self._holds[asked] = answer.holds
            self._kept[asked, _when(answer.holds, now_ms)] = answer


def _when(holds: Holds, now_ms: int) -> int:
    match holds:
        case "always":
            return 0
        case "minute":
            return now_ms // MINUTE_MS
        case "moment":
            return now_ms


class Shelf:
    """Answers by the digest of the site that they are about. Which site it is nobody has to say, and none that was
    changed in any way is taken for another."""

    def __init__(self) -> None:
        self._kept: dict[str, Answers] = {}

    def about(self, site_digest: str) -> Answers:
        found = self._kept.pop(site_digest, None) or Answers()
        self._kept[site_digest] = found
        if len(self._kept) > KEPT:
            del self._kept[next(iter(self._kept))]
        return found
