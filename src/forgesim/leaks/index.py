"""A site's content made searchable: aligned 12-grams of its texts, its short fields, hashes of both, and patterns.

A run of 24 normalised characters always contains one aligned 12-gram of the text that it was taken from,
so that looking up every 12-gram of a value finds every such run. No shorter run is evidence, but for whole
fields. Hashes and patterns are made when they are first asked for.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from forgesim.leaks.hashes import KnownHashes
from forgesim.leaks.isomorph import Isomorphs
from forgesim.leaks.normalise import normalise, strip_markup, tokens
from forgesim.ledger.records import ScanIndex

__all__ = ["GRAM", "ITEM_PREFIX", "MIN_ITEM", "MIN_RUN", "ContentIndex", "Item", "Source"]

GRAM = 12
MIN_RUN = 24
"""Normalised characters from which on a coincidence is unlikely."""

MIN_ITEM, MAX_ITEM, LONE_ITEM = 8, 200, 12
"""A short field counts from 8 characters on; below 12 it must also stand as words of its own."""

ITEM_PREFIX = 6
MIN_CANARY = 6
UNLISTED = frozenset({"label", "labels", "key", "status", "type"})
"""Fields that are words of form, which twins keep and declared types may carry."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a text comes from: ``ref`` is ``page/123``, ``field`` is title, body, name, email, …"""

    ref: str
    field: str


@dataclass(frozen=True, slots=True)
class Item:
    """A short field that is evidence as a whole. ``words`` is set where it must stand as words of its own."""

    source: Source
    text: str
    normal: str
    words: str | None


class ContentIndex:
    """The searchable content of one site. Built once per site digest. ``sources`` and ``texts`` are those long enough
    for a run; of ``texts`` the markup is stripped, ``normal_texts`` are as they are compared."""

    def __init__(self, index: ScanIndex) -> None:
        self.sources: list[Source] = []
        self._starts: list[int] = []
        self.grams: dict[str, list[int]] = {}
        self.items: dict[str, list[Item]] = {}
        self.texts: list[str] = []
        self._hashed: list[tuple[Source, str]] = []
        self.normal_texts: list[str] = []
        offset = 0
        for kind, identity, field, text in index.texts:
            source = Source(f"{kind}/{identity}", field)
            plain = strip_markup(text)
            normal = normalise(plain)
            if field not in UNLISTED and len(text) >= 3:
                self._hashed += ((source, form) for form in dict.fromkeys((text, plain)))
                self._add_item(source, plain, normal)
            if len(normal) >= MIN_RUN:
                self.sources.append(source)
                self.texts.append(plain)
                self._starts.append(offset)
                self.normal_texts.append(normal)
                offset += len(normal) + 1
        self.stream = "\0".join(self.normal_texts)
        self._add_grams(self.normal_texts)

    def source_at(self, position: int) -> Source:
        """The text that this position of the stream belongs to."""
        return self.sources[bisect_right(self._starts, position) - 1]

    def hashed(self, head: bytes) -> tuple[Source, str, str] | None:
        """The text whose hash starts with these bytes: its source, itself and the algorithm."""
        found = self._hashes.find(head)
        return None if found is None else (*self._hashed[found[0]], found[1])

    @cached_property
    def _hashes(self) -> KnownHashes:
        return KnownHashes([text for _, text in self._hashed])

    @cached_property
    def as_written(self) -> Isomorphs:
        """The patterns of the texts with their blanks and capitals."""
        return Isomorphs(self.texts)

    @cached_property
    def as_compared(self) -> Isomorphs:
        """The patterns of the texts' letters and digits alone."""
        return Isomorphs(self.normal_texts)

    def _add_grams(self, parts: Iterable[str]) -> None:
        grams = self.grams
        for start, part in zip(self._starts, parts, strict=True):
            for at in range(0, len(part) - GRAM + 1, GRAM):
                gram = part[at : at + GRAM]
                if (seen := grams.get(gram)) is None:
                    grams[gram] = [start + at]
                else:
                    seen.append(start + at)

    def _add_item(self, source: Source, plain: str, normal: str) -> None:
        least = MIN_CANARY if source.field == "canary" else MIN_ITEM
        if not least <= len(normal) <= MAX_ITEM or normal.isdigit():
            return
        words = tokens(plain) if len(normal) < LONE_ITEM and source.field != "canary" else None
        self.items.setdefault(normal[:ITEM_PREFIX], []).append(Item(source, plain, normal, words))
