"""Looking for a site's content in what an app wrote out, piece by piece and over pieces put together.

The scanner names what leaked; that nothing leaks is for closed types, capacity and twin sites to show.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from forgesim.leaks.decode import DECODERS, views
from forgesim.leaks.hashes import LEAST_BYTES
from forgesim.leaks.index import GRAM, ITEM_PREFIX, MIN_RUN, ContentIndex, Source
from forgesim.leaks.isomorph import LEAST, Isomorphs
from forgesim.leaks.joins import Piece, joins
from forgesim.leaks.normalise import normalise, tokens
from forgesim.leaks.view import Decoder, View

__all__ = ["Finding", "Piece", "Scanner"]

EXCERPT = 60
MAX_PLACES = 16
"""Places of one gram in the content that are compared."""

MAX_HEADS = 256
"""Words of a text that are looked up as hashes."""

SHORT = 1 << 14
"""Characters up to which a text's views are kept: other scanners, of what others may read, see them too."""

STRIDES = (2, 3)
SUBSTITUTION = "a substitution of symbols"

_HEX = re.compile(r"(?<![0-9a-fA-F])[0-9a-fA-F]{12,128}(?![0-9a-fA-F])")


@dataclass(frozen=True, slots=True)
class Finding:
    """Content found: where it comes from, how it was encoded, what it reads as and how long it is.

    ``seq`` is the crossing of the piece; ``joined`` says how many pieces had to be put together. An ``advisory``
    finding may be chance, and comes from ``Advisor`` only: no verdict may rest on it.
    """

    ref: str
    field: str
    decoding: str
    excerpt: str
    size: int
    seq: int | None = None
    joined: int = 1
    advisory: bool = False

    def says(self) -> str:
        """Names the content without quoting it: a report may be of a real site."""
        how = f", {self.decoding}" if self.decoding else ""
        over = f", put together from {self.joined:,} pieces" if self.joined > 1 else ""
        perhaps = "perhaps " if self.advisory else ""
        return f"{perhaps}the {self.field} of {self.ref} ({self.size:,} characters{how}{over})"


class Scanner:
    """Scans against one index. ``public`` is what may appear anywhere: the app's own declared words. ``decoders`` and
    ``substitutions`` say what is tried; all of it unless told otherwise."""

    __slots__ = ("_decoders", "_index", "_joined", "_known", "_public", "_substitutions")

    def __init__(
        self,
        index: ContentIndex,
        public: Iterable[str] = (),
        *,
        decoders: Sequence[Decoder] = DECODERS,
        substitutions: bool = True,
    ) -> None:
        self._index = index
        self._public = "\0".join(normalise(word) for word in public)
        self._known: dict[str, tuple[Finding, ...]] = {}
        self._joined: dict[tuple[tuple[str, str, int], ...], tuple[Finding, ...]] = {}
        self._decoders = tuple(decoders)
        self._substitutions = substitutions

    def scan(self, parts: Iterable[Piece]) -> list[Finding]:
        """What is found in each piece alone, then what shows only when pieces are put together."""
        pieces = list(parts)
        found: list[Finding] = []
        for piece in pieces:
            found += [replace(finding, seq=piece.seq) for finding in self._look(piece.text)]
        if len(pieces) > 1 and not found:
            found = [replace(finding, seq=pieces[0].seq) for finding in self._put_together(pieces)]
        return list(dict.fromkeys(found))

    def _put_together(self, pieces: Sequence[Piece]) -> tuple[Finding, ...]:
        first = pieces[0].seq or 0
        same = tuple((piece.text, piece.key, (piece.seq or first) - first) for piece in pieces)
        known = self._joined.get(same)
        if known is None:
            joined = next(filter(None, map(self._look, joins(pieces))), ())
            known = self._joined[same] = tuple(replace(finding, joined=len(pieces)) for finding in joined)
        return known

    def _look(self, text: str) -> tuple[Finding, ...]:
        known = self._known.get(text)
        if known is None:
            known = self._known[text] = tuple(self._search(text))
        return known

    def _search(self, text: str) -> list[Finding]:
        found: dict[Source, Finding] = {}
        for view in _views(text, self._decoders) if len(text) <= SHORT else views(text, self._decoders):
            for source, how, excerpt in self._in_view(view):
                decoding = f"{view.decoding}, {how}".strip(", ")
                found.setdefault(source, Finding(source.ref, source.field, decoding, excerpt[:EXCERPT], len(excerpt)))
        return list(found.values())

    def _in_view(self, view: View) -> Iterator[tuple[Source, str, str]]:
        """What is in a view: its source, what had to be undone besides, and the run or field."""
        plain = False
        if view.text:
            normal = view.normal
            for source, excerpt in (*self._runs(normal), *self._items(normal, view.text)):
                plain = True
                yield source, "", excerpt
            for how, line in self._turned(view, normal):
                for source, excerpt in self._runs(line):
                    yield source, how, excerpt
            if self._substitutions and not plain and view.own_pattern:
                yield from self._substituted(view.text, self._index.as_written, self._index.texts)
                yield from self._substituted(normal, self._index.as_compared, self._index.normal_texts)
        elif self._substitutions:
            yield from self._substituted(
                view.symbols or tuple(view.data or b""), self._index.as_written, self._index.texts
            )
        yield from self._hashes(view)

    def _turned(self, view: View, normal: str) -> Iterator[tuple[str, str]]:
        if not view.as_written and not view.last and "reversed" not in view.decoding:
            yield "reversed", normal[::-1]
        if view.as_written and len(normal) >= STRIDES[0] * MIN_RUN:
            for stride in STRIDES:
                for start in range(stride):
                    yield f"one character in {stride}", normal[start::stride]

    def _runs(self, normal: str) -> list[tuple[Source, str]]:
        if len(normal) < MIN_RUN:
            return []
        grams, found, beyond = self._index.grams, [], 0
        for position in [at for at in range(len(normal) - GRAM + 1) if normal[at : at + GRAM] in grams]:
            if position < beyond:
                continue
            start, end, place = self._longest(normal, position, grams[normal[position : position + GRAM]])
            run = normal[start:end]
            if len(run) >= MIN_RUN and _telling(run) and run not in self._public:
                found.append((self._index.source_at(place), run))
                beyond = end
            else:
                beyond = end - GRAM + 1
        return found

    def _longest(self, normal: str, position: int, places: Sequence[int]) -> tuple[int, int, int]:
        """The longest run around this gram, as bounds in ``normal``, and where it lies in the stream."""
        stream, best = self._index.stream, (position, position, places[0])
        for place in places[:MAX_PLACES]:
            back = 0
            while back < position and back < place and stream[place - back - 1] == normal[position - back - 1]:
                back += 1
            ahead = GRAM + _agreement(normal, position + GRAM, stream, place + GRAM)
            if back + ahead > best[1] - best[0]:
                best = (position - back, position + ahead, place)
        return best

    def _items(self, normal: str, text: str) -> list[tuple[Source, str]]:
        items, found = self._index.items, []
        words: str | None = None
        size = ITEM_PREFIX
        for position in [at for at in range(len(normal) - size + 1) if normal[at : at + size] in items]:
            for item in items[normal[position : position + size]]:
                if not normal.startswith(item.normal, position) or item.normal in self._public:
                    continue
                if item.words is not None:
                    words = tokens(text) if words is None else words
                    if item.words not in words:
                        continue
                found.append((item.source, item.text))
        return found

    def _substituted(
        self, symbols: Sequence[int | str], patterns: Isomorphs, texts: Sequence[str]
    ) -> Iterator[tuple[Source, str, str]]:
        for match in patterns.find(symbols) if len(symbols) >= LEAST else ():
            run = texts[match.text][match.start : match.start + match.size]
            if normalise(run) not in self._public:
                yield self._index.sources[match.text], SUBSTITUTION, run

    def _hashes(self, view: View) -> Iterator[tuple[Source, str, str]]:
        heads = [bytes.fromhex(head[: len(head) // 2 * 2]) for head in _HEX.findall(view.text)[:MAX_HEADS]]
        if view.data is not None and LEAST_BYTES <= len(view.data) <= 64:
            heads.append(view.data)
        for head in heads:
            known = self._index.hashed(head)
            if known is not None:
                yield known[0], known[2], head.hex()


@lru_cache(maxsize=512)
def _views(text: str, decoders: tuple[Decoder, ...]) -> tuple[View, ...]:
    return tuple(views(text, decoders))


def _agreement(one: str, at: int, other: str, place: int) -> int:
    """How many characters the two have in common from there on, by steps that grow while they agree."""
    size, step = 0, 16
    while True:
        ours, theirs = one[at + size : at + size + step], other[place + size : place + size + step]
        if ours == theirs and len(ours) == step:
            size, step = size + step, step * 2
            continue
        for mine, its in zip(ours, theirs, strict=False):
            if mine != its:
                return size
            size += 1
        return size


def _telling(run: str) -> bool:
    """Whether a run is more than padding, ramps or digits."""
    letters = sum(map(str.isalpha, run))
    return letters >= 0.6 * len(run) and len(set(run)) >= 8
