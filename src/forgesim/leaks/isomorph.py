"""Texts under any substitution of one symbol for another, found by the pattern of their repetitions.

Of each symbol the pattern keeps how far back it stood last, up to ``BACK``: whatever letters, numbers or bytes stand
for the letters of a text, that stays. (The idea is Baker's parameterised matching, 1993.) Sixteen of these distances
are looked up; what is found is then compared symbol by symbol, and counts from ``LEAST`` symbols on, if enough of
them repeat to tell texts apart.
"""

from __future__ import annotations

import codecs
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

__all__ = ["LEAST", "Isomorphs", "Match"]

BACK = 12
SPAN = 16
STEP = 3
LEAST = BACK + SPAN
TELLING = 5
"""Distances of a span that are no mere "not lately": with fewer, the span is looked up by nobody."""

MIN_TURNS = 9
"""Places in a run where the distance to the last such symbol changes: ramps and cycles have few."""

MIN_DISTINCT = 8
KEPT = 8192
"""Texts whose patterns are kept: sites that are compared share most of theirs."""
MAX_SYMBOLS = 1 << 17
MAX_TRIES = 4000
"""Places of one sequence that are compared symbol by symbol."""


@dataclass(frozen=True, slots=True)
class Match:
    """A run of ``size`` symbols that is a stretch of an indexed text, from ``start`` of text number ``text`` on."""

    text: int
    start: int
    size: int


class Isomorphs:
    """Texts by the patterns of their symbols."""

    __slots__ = ("_places", "_starts", "_stream")

    def __init__(self, texts: Sequence[str]) -> None:
        self._starts: list[int] = []
        self._places: dict[bytes, int] = {}
        offset = 0
        for text in texts:
            self._starts.append(offset)
            for span, at in _spans(text):
                self._places.setdefault(span, offset + at)
            offset += len(text) + 1
        self._stream = "\0".join(texts)

    def find(self, symbols: Sequence[int | str]) -> list[Match]:
        """The longest stretches of ``symbols`` that have the pattern of a stretch of an indexed text."""
        if len(symbols) < LEAST:
            return []
        symbols = symbols[:MAX_SYMBOLS]
        pattern, places = _pattern(symbols), self._places
        if len(pattern) - pattern.count(0) < TELLING:
            return []
        hits = [at for at in range(BACK, len(pattern) - SPAN + 1) if pattern[at : at + SPAN] in places]
        found: list[Match] = []
        beyond = 0
        for at in hits[:MAX_TRIES]:
            if at - BACK < beyond:
                continue
            match, beyond = self._grown(symbols, at - BACK, places[pattern[at : at + SPAN]] - BACK)
            if match is not None:
                found.append(match)
        return found

    def _grown(self, symbols: Sequence[int | str], at: int, place: int) -> tuple[Match | None, int]:
        """The run from ``at`` on as far as one symbol stands for one symbol, and where it ends."""
        stream = self._stream
        to: dict[int | str, str] = {}
        back: dict[str, int | str] = {}
        size = 0
        while at + size < len(symbols) and place + size < len(stream):
            symbol, letter = symbols[at + size], stream[place + size]
            if letter == "\0" or to.setdefault(symbol, letter) != letter or back.setdefault(letter, symbol) != symbol:
                break
            size += 1
        if size < LEAST or _is_itself(to) or not _tells(stream[place : place + size]):
            return None, at + (size if size >= LEAST else 0)
        text = bisect_right(self._starts, place) - 1
        return Match(text, place - self._starts[text], size), at + size


@lru_cache(maxsize=KEPT)
def _spans(text: str) -> tuple[tuple[bytes, int], ...]:
    """The stretches of a text's pattern that tell something, and where they are."""
    pattern = _pattern(text)
    spans = ((pattern[at : at + SPAN], at) for at in range(BACK, len(text) - SPAN + 1, STEP))
    return tuple((span, at) for span, at in spans if span.count(0) <= SPAN - TELLING)


def _pattern(symbols: Sequence[int | str]) -> bytes:
    """Of each symbol, how far back it stood last; 0 where that is farther than ``BACK``."""
    last: dict[int | str, int] = {}
    seen, never = last.get, -BACK - 1
    pattern = bytearray(len(symbols))
    for at, symbol in enumerate(symbols):
        back = at - seen(symbol, never)
        if back <= BACK:
            pattern[at] = back
        last[symbol] = at
    return bytes(pattern)


def _is_itself(to: dict[int | str, str]) -> bool:
    """Whether most symbols stand for themselves, or most for the letter thirteen places on, which is looked for by
    itself: such a text stands open, but for a number or a mark, and is not to be found a second time by its pattern
    where it may be open."""
    signs = {symbol: symbol if isinstance(symbol, str) else chr(symbol % 0x110000) for symbol in to}
    same = sum(signs[symbol].casefold() == letter.casefold() for symbol, letter in to.items())
    turned = sum(codecs.encode(signs[symbol], "rot13").casefold() == letter.casefold() for symbol, letter in to.items())
    return 2 * max(same, turned) >= len(to)


def _tells(run: str) -> bool:
    """Whether a run has letters enough and is neither a ramp nor a cycle."""
    if sum(map(str.isalpha, run)) < 0.6 * len(run) or len(set(run)) < MIN_DISTINCT:
        return False
    last: dict[str, int] = {}
    turns = before = 0
    for at, char in enumerate(run):
        gap = at - last[char] if char in last else 0
        turns += gap not in {0, before}
        before, last[char] = gap, at
    return turns >= MIN_TURNS
