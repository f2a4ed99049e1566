"""Detectors that may be wrong by chance: repeated keys, word lengths, word patterns. They advise and never judge.

On honest data some of them speak once in a hundred values (facts: leak detection), so that no verdict may rest on
what they say: it tells a reader where to look.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from forgesim.counted import counted
from forgesim.leaks.decode import views
from forgesim.leaks.index import ContentIndex
from forgesim.leaks.joins import Piece, joins
from forgesim.leaks.leaves import numbers
from forgesim.leaks.normalise import normalise
from forgesim.leaks.scanner import EXCERPT, Finding
from forgesim.leaks.view import View

__all__ = ["Advisor"]

PERIODS = range(2, 9)
"""Lengths of a repeated key that are tried."""

WINDOW = 16
"""Differences in a row that have to agree."""

WORDS = 16
"""Words in a row whose lengths, or whose repetitions, have to agree."""

TELLING_WORDS = 5
MAX_LINE = 1 << 14
"""Symbols of a value that are looked at."""

LIFT = 128
_MODULO = bytes((number - LIFT) % 26 + 1 for number in range(256))
_NO_LETTERS = bytes(number for number in range(256) if not 97 <= number <= 122)


@dataclass(frozen=True, slots=True)
class _Line:
    """All texts as one line of bytes, and where each starts."""

    data: bytes
    starts: tuple[int, ...]

    @classmethod
    def of(cls, parts: Iterable[bytes]) -> _Line:
        starts, joined = [], bytearray()
        for part in parts:
            starts.append(len(joined))
            joined += part + bytes(WINDOW)
        return cls(bytes(joined), tuple(starts))

    def find(self, part: bytes, size: int) -> int | None:
        """The number of the text that has ``size`` bytes in a row of ``part``, looked for at every ``size``th."""
        for at in range(0, len(part) - size + 1, size):
            span = part[at : at + size]
            if len(set(span)) < TELLING_WORDS or span.count(0) > size // 2:
                continue
            place = self.data.find(span)
            if place >= 0:
                return max(number for number, start in enumerate(self.starts) if start <= place)
        return None


class Advisor:
    """Advises against one index. Slower than the scanner: for one run whose values a reader wants explained."""

    __slots__ = ("_index", "_lines")

    def __init__(self, index: ContentIndex) -> None:
        self._index = index
        self._lines: dict[str, _Line] = {}

    def advise(self, parts: Iterable[Piece]) -> list[Finding]:
        """What may be content, of each piece alone, then of pieces put together; every finding is ``advisory``."""
        pieces = list(parts)
        found = [each for piece in pieces for each in self._look(piece.text, piece.seq, 1)]
        if len(pieces) > 1 and not found:
            whole = [each for join in joins(pieces) for each in self._look(join, pieces[0].seq, len(pieces))]
            found = whole[:1]
        return list(dict.fromkeys(found))

    def _look(self, text: str, seq: int | None, joined: int) -> Iterator[Finding]:
        for view in views(text):
            for how, number, size in self._in_view(view):
                source, excerpt = self._index.sources[number], self._index.texts[number][:EXCERPT]
                decoding = f"{view.decoding}, {how}".strip(", ")
                yield Finding(source.ref, source.field, decoding, excerpt, size, seq, joined, advisory=True)

    def _in_view(self, view: View) -> Iterator[tuple[str, int, int]]:
        data = view.data or bytes(number for number in view.symbols if 0 <= number < 256)
        for period in PERIODS:
            line = self._line(f"xor {period}", partial(_xored_text, period))
            number = line.find(_xored(data[:MAX_LINE], period), WINDOW)
            if number is not None:
                yield f"xor with a key of {counted(period, 'byte')}", number, WINDOW + period
        letters = _letters(view.text) if view.decoding in {"", "json"} else b""
        for period in PERIODS if len(letters) > 2 * WINDOW else ():
            line = self._line(f"shift {period}", partial(_shifted_text, period))
            number = line.find(_shifted(letters, period), WINDOW)
            if number is not None:
                yield f"letters shifted by a key of {period}", number, WINDOW + period
        yield from self._in_words(view)

    def _in_words(self, view: View) -> Iterator[tuple[str, int, int]]:
        words: Sequence[object] = view.symbols or view.text.split()
        if view.value is not None:
            words = list(numbers(view.value))
        if len(words) < WORDS:
            return
        words = words[:MAX_LINE]
        lengths = bytes(min(word, 255) for word in words if isinstance(word, int) and word > 0)
        number = self._line("lengths", _word_lengths).find(lengths, WORDS)
        if number is not None:
            yield "lengths of words", number, WORDS
        number = self._line("words", lambda text: _word_pattern(text.split())).find(_word_pattern(words), WORDS)
        if number is not None:
            yield "a dictionary of words", number, WORDS

    def _line(self, name: str, of: Callable[[str], bytes]) -> _Line:
        line = self._lines.get(name)
        if line is None:
            line = self._lines[name] = _Line.of(map(of, self._index.texts))
        return line


def _xored(data: bytes, period: int) -> bytes:
    """Each byte xor the one a period later: a repeated key of that length falls out."""
    size = len(data) - period
    if size <= 0:
        return b""
    both = int.from_bytes(data[:size], "big") ^ int.from_bytes(data[period:], "big")
    return both.to_bytes(size, "big")


def _xored_text(period: int, text: str) -> bytes:
    return _xored(text.encode(), period)


def _shifted_text(period: int, text: str) -> bytes:
    return _shifted(_letters(text, len(text)), period)


def _shifted(letters: bytes, period: int) -> bytes:
    """Each letter minus the one a period later, as a letter: a repeated shift falls out."""
    size = len(letters) - period
    if size <= 0:
        return b""
    # All at once: no byte borrows from its neighbour, for each is lifted by half of what a byte holds.
    less = int.from_bytes(letters[:size], "big") - int.from_bytes(letters[period:], "big")
    return (less + int.from_bytes(bytes([LIFT]) * size, "big")).to_bytes(size, "big").translate(_MODULO)


def _letters(text: str, size: int = MAX_LINE) -> bytes:
    return normalise(text[:size]).encode().translate(None, delete=_NO_LETTERS)


def _word_lengths(text: str) -> bytes:
    return bytes(min(len(word), 255) for word in text.split())


def _word_pattern(words: Sequence[object]) -> bytes:
    """Of each word, how many words ago it stood last; 0 where that is long ago."""
    last: dict[object, int] = {}
    pattern = bytearray()
    for at, word in enumerate(words):
        gap = at - last.get(word, -99)
        pattern.append(gap if gap < 64 else 0)
        last[word] = at
    return bytes(pattern)
