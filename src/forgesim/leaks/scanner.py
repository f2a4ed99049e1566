"""Looking for a site's content in what an app wrote out, piece by piece and over pieces put together.

The scanner names what leaked; that nothing leaks is for closed types, capacity and twin sites to show.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from forgesim.leaks.decode import codes, integers, scalars, views
from forgesim.leaks.index import GRAM, HASH_PREFIX, ITEM_PREFIX, MIN_RUN, ContentIndex, Source
from forgesim.leaks.normalise import normalise, tokens

__all__ = ["Finding", "Piece", "Scanner"]

EXCERPT = 60
MAX_JOINED = 1 << 20
"""Characters of pieces put together that are scanned at once."""

_HEX = re.compile(r"[0-9a-f]{12,128}")
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Piece:
    """A text that crossed: a stored value, a key, a part of a request.

    ``seq`` is its crossing; ``key`` orders it where pieces are put together.
    """

    text: str
    seq: int | None = None
    key: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """Content found: where it comes from, how it was encoded, what it reads as and how long it is.

    ``seq`` is the crossing of the piece; ``joined`` says how many pieces had to be put together.
    """

    ref: str
    field: str
    decoding: str
    excerpt: str
    size: int
    seq: int | None = None
    joined: int = 1

    def says(self) -> str:
        """Names the content without quoting it: a report may be of a real site."""
        how = f", {self.decoding}" if self.decoding else ""
        over = f", put together from {self.joined} pieces" if self.joined > 1 else ""
        return f"the {self.field} of {self.ref} ({self.size} characters{how}{over})"


class Scanner:
    """Scans against one index. ``public`` is what may appear anywhere: the app's own declared words."""

    __slots__ = ("_index", "_known", "_public")

    def __init__(self, index: ContentIndex, public: Iterable[str] = ()) -> None:
        self._index = index
        self._public = "\0".join(normalise(word) for word in public)
        self._known: dict[str, tuple[Finding, ...]] = {}

    def scan(self, parts: Iterable[Piece]) -> list[Finding]:
        """What is found in each piece alone, then what shows only when pieces are put together."""
        pieces = list(parts)
        found: list[Finding] = []
        for piece in pieces:
            found += [_at(finding, piece.seq, 1) for finding in self._look(piece.text)]
        if len(pieces) > 1 and not found:
            joined = next(filter(None, map(self._look, _joins(pieces))), ())
            found = [_at(finding, pieces[0].seq, len(pieces)) for finding in joined]
        return list(dict.fromkeys(found))

    def _look(self, text: str) -> tuple[Finding, ...]:
        known = self._known.get(text)
        if known is None:
            known = self._known[text] = tuple(self._search(text))
        return known

    def _search(self, text: str) -> list[Finding]:
        found: dict[Source, Finding] = {}
        for view in views(text):
            if view.text:
                for source, excerpt in self._in_text(view.text):
                    found.setdefault(source, _finding(source, view.decoding, excerpt))
            if view.text and view.decoding and "reversed" not in view.decoding:
                for source, excerpt in self._runs(normalise(view.text)[::-1]):
                    found.setdefault(source, _finding(source, f"{view.decoding}, reversed", excerpt))
            for source, name, excerpt in self._hashes(view.text, view.data):
                found.setdefault(source, _finding(source, f"{view.decoding}, {name}".lstrip(", "), excerpt))
        return list(found.values())

    def _in_text(self, text: str) -> list[tuple[Source, str]]:
        normal = normalise(text)
        return [*self._runs(normal), *self._items(normal, text)]

    def _runs(self, normal: str) -> list[tuple[Source, str]]:
        if len(normal) < MIN_RUN:
            return []
        grams, found, position, last = self._index.grams, [], 0, len(normal) - GRAM
        while position <= last:
            places = grams.get(normal[position : position + GRAM])
            if places is not None:
                start, end, place = self._longest(normal, position, places)
                run = normal[start:end]
                if len(run) >= MIN_RUN and _telling(run) and run not in self._public:
                    found.append((self._index.source_at(place), run))
                    position = end
                    continue
            position += 1
        return found

    def _longest(self, normal: str, position: int, places: Sequence[int]) -> tuple[int, int, int]:
        """The longest run around this gram, as bounds in ``normal``, and where it lies in the stream."""
        stream, best = self._index.stream, (position, position, places[0])
        for place in places[:64]:
            back = 0
            while back < position and back < place and stream[place - back - 1] == normal[position - back - 1]:
                back += 1
            ahead = GRAM
            while (
                position + ahead < len(normal)
                and place + ahead < len(stream)
                and stream[place + ahead] == normal[position + ahead]
            ):
                ahead += 1
            if back + ahead > best[1] - best[0]:
                best = (position - back, position + ahead, place)
        return best

    def _items(self, normal: str, text: str) -> list[tuple[Source, str]]:
        items, found = self._index.items, []
        words: str | None = None
        for position in range(len(normal) - ITEM_PREFIX + 1):
            for item in items.get(normal[position : position + ITEM_PREFIX], ()):
                if not normal.startswith(item.normal, position) or item.normal in self._public:
                    continue
                if item.words is not None:
                    words = tokens(text) if words is None else words
                    if item.words not in words:
                        continue
                found.append((item.source, item.text))
        return found

    def _hashes(self, text: str, data: bytes | None) -> list[tuple[Source, str, str]]:
        hashes, found = self._index.hashes, []
        heads = _HEX.findall(text.lower()) if text else []
        if data is not None and len(data) in (16, 20, 32):
            heads.append(data.hex())
        for head in heads:
            known = hashes.get(head[:HASH_PREFIX])
            if known is not None and (known[1].startswith(head) or head.startswith(known[1])):
                found.append((known[2], known[0], head))
        return found


def _finding(source: Source, decoding: str, text: str) -> Finding:
    return Finding(source.ref, source.field, decoding, text[:EXCERPT], len(text))


def _at(finding: Finding, seq: int | None, joined: int) -> Finding:
    return replace(finding, seq=seq, joined=joined)


def _telling(run: str) -> bool:
    """Whether a run is more than padding, ramps or digits."""
    letters = sum(map(str.isalpha, run))
    return letters >= 0.6 * len(run) and len(set(run)) >= 8


def _joins(pieces: Sequence[Piece]) -> list[str]:
    """The pieces put together: in order, by key, their keys, and their numbers read as code points."""
    by_key = sorted(pieces, key=lambda piece: _natural(piece.key))
    joins = [_joined(pieces), _joined(by_key), "".join(piece.key for piece in pieces)]
    for order in (pieces, by_key):
        numbers = [number for piece in order for number in _numbers(piece.text)]
        if len(numbers) >= MIN_RUN:
            joins.append(json.dumps(numbers))
    return [join[:MAX_JOINED] for join in dict.fromkeys(joins) if len(join) >= MIN_RUN // 2]


def _joined(pieces: Sequence[Piece]) -> str:
    return "".join("".join(scalars(_value(piece.text))) for piece in pieces)


def _numbers(text: str) -> list[int]:
    """The whole numbers of a JSON value, or those that stand in a line of words."""
    value = _value(text)
    return codes(value) if isinstance(value, str) else list(integers(value))


def _value(text: str) -> object:
    if text[:1] in '{["-0123456789':
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            return text
    return text


def _natural(key: str) -> list[tuple[int, str]]:
    """``part:10`` after ``part:9``."""
    words = re.split(r"(\d+)", key)
    return [(int(word) if _DIGITS.fullmatch(word) and len(word) < 18 else -1, word) for word in words]
