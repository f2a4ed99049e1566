"""Shapes of short texts as alternatives of runs of characters, and whether two chains of shapes share a
text."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

__all__ = ["NAMED", "Shape", "integer", "is_integer", "literal", "meet"]

Run: TypeAlias = tuple[frozenset[str], bool]
"""One character of a set, or where the flag is true one or more of them."""


@dataclass(frozen=True, slots=True)
class Shape:
    """Alternatives, each a sequence of runs; ``regex`` matches the same texts."""

    ways: tuple[tuple[Run, ...], ...]
    regex: str


def literal(text: str) -> Shape:
    return Shape((tuple((frozenset(char), False) for char in text),), re.escape(text))


_DIGITS = frozenset(string.digits)
_UPPER = frozenset(string.ascii_uppercase)
_WORD = frozenset(string.ascii_letters + string.digits + "~._-")


def _one(*chars: str) -> tuple[Run, ...]:
    return tuple((frozenset(each), False) for each in chars)


_NUMBER: Final = Shape((((_DIGITS, True),),), "[0-9]+")
_NAME: Final = Shape((((_WORD, True),),), "[A-Za-z0-9~._-]+")
_ISSUE: Final = Shape(
    (
        ((_DIGITS, True),),
        ((_UPPER, False), (_UPPER | _DIGITS | {"_"}, True), (frozenset("-"), False), (_DIGITS, True)),
    ),
    "[0-9]+|[A-Z][A-Z0-9_]+-[0-9]+",
)
_DATE: Final = Shape(
    (_one(*[string.digits] * 4, "-", "01", string.digits, "-", "0123", string.digits),),
    "[0-9]{4}-[01][0-9]-[0-3][0-9]",
)
NAMED: Final[Mapping[str, Shape]] = {
    "page": _NUMBER, "sprint": _NUMBER, "board": _NUMBER, "space": _NAME, "account": _NAME, "id": _NAME,
    "issue": _ISSUE, "date": _DATE,
}  # fmt: skip


def is_integer(text: str) -> bool:
    """Whether the text is a whole number as JSON writes it: no sign but ``-``, no leading zero, no ``-0``."""
    return re.fullmatch("0|-?[1-9][0-9]*", text) is not None


def integer(lo: int, hi: int) -> Shape:
    """The numbers from ``lo`` to ``hi`` as JSON writes them, exactly."""
    ways: list[tuple[Run, ...]] = []
    if lo < 0:
        minus = _one("-")
        ways += [minus + _one(*way) for way in _digit_ways(max(1, -hi), -lo)]
    if hi >= 0:
        ways += [_one(*way) for way in _digit_ways(max(0, lo), hi)]
    texts = ("".join(f"[{''.join(sorted(chars))}]" for chars, _ in way) for way in ways)
    return Shape(tuple(ways), "|".join(text.replace("[-]", "-") for text in texts))


def _digit_ways(lo: int, hi: int) -> Iterator[tuple[str, ...]]:
    """Sequences of digit sets that together spell the numbers from ``lo`` to ``hi`` (both ≥ 0), each once."""
    for length in range(len(str(lo)), len(str(hi)) + 1):
        least = 0 if length == 1 else 10 ** (length - 1)
        yield from _same_length(str(max(lo, least)), str(min(hi, 10**length - 1)))


def _same_length(lo: str, hi: str) -> Iterator[tuple[str, ...]]:
    if len(lo) == 1:
        yield (string.digits[int(lo) : int(hi) + 1],)
        return
    first, last, rest = int(lo[0]), int(hi[0]), len(lo) - 1
    if first == last:
        yield from ((lo[0], *way) for way in _same_length(lo[1:], hi[1:]))
        return
    yield from ((lo[0], *way) for way in _same_length(lo[1:], "9" * rest))
    if between := string.digits[first + 1 : last]:
        yield (between, *[string.digits] * rest)
    yield from ((hi[0], *way) for way in _same_length("0" * rest, hi[1:]))


_State: TypeAlias = tuple[int, int, int, bool]
"""Shape, way, run, and whether that run has taken a character already."""


def meet(left: Sequence[Shape], right: Sequence[Shape]) -> bool:
    """Whether one text is spelt by both chains: a walk through the pairs of states that some text can
    reach."""
    todo = [(a, b) for a in _starts(left, 0) for b in _starts(right, 0)]
    seen = set(todo)
    while todo:
        a, b = todo.pop()
        if a is None or b is None:
            if a is b:
                return True
            continue
        if _run(left, a)[0].isdisjoint(_run(right, b)[0]):
            continue
        for pair in ((x, y) for x in _after(left, a) for y in _after(right, b)):
            if pair not in seen:
                seen.add(pair)
                todo.append(pair)
    return False


def _starts(chain: Sequence[Shape], shape: int) -> list[_State | None]:
    """The states before the first character of a shape; ``None`` is the end of the chain."""
    if shape == len(chain):
        return [None]
    return [(shape, way, 0, False) for way in range(len(chain[shape].ways))]


def _run(chain: Sequence[Shape], state: _State) -> Run:
    return chain[state[0]].ways[state[1]][state[2]]


def _after(chain: Sequence[Shape], state: _State) -> list[_State | None]:
    """The states that taking one character of the state's run leads to."""
    shape, way, run, _ = state
    following: list[_State | None] = [state] if _run(chain, state)[1] else []
    if run + 1 < len(chain[shape].ways[way]):
        return [*following, (shape, way, run + 1, False)]
    return following + _starts(chain, shape + 1)
