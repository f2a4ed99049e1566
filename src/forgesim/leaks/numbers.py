"""Texts written as numbers: code points, their sums and differences, several characters in one number."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import accumulate, pairwise

from forgesim.leaks.leaves import numbers
from forgesim.leaks.view import Raw, View, as_text

__all__ = ["LEAST", "MAX_NUMBERS", "read_numbers", "spelled", "written"]

LEAST = 24
"""Numbers that can spell a run of content."""

MAX_NUMBERS = 1 << 15
MAX_STRIDE = 4
MAX_DECIMALS = 12
LOW = (100, 1000, 256)
"""Moduli under which a number's low end may be a code point."""

_NUMBER = re.compile(r"(?:(?<![\w.])-)?(?<![\w.])\d{1,30}(?:\.\d{1,30})?(?!\w|\.\d)")


def read_numbers(view: View) -> Iterator[tuple[str, Raw]]:
    """What the numbers of a JSON value, or those that stand by themselves in a text, spell."""
    found = list(numbers(view.value)) if view.value is not None else written(view.text)
    yield from spelled(found[:MAX_NUMBERS])


def written(text: str) -> list[int | float]:
    """The numbers that stand by themselves in a text."""
    return [float(found) if "." in found else int(found) for found in _NUMBER.findall(text)]


def spelled(found: Sequence[int | float]) -> Iterator[tuple[str, Raw]]:
    """What a sequence of numbers spells, as text where it is one, and as symbols whose pattern may be a text's."""
    whole = _as_whole(found)
    yield from _packed(whole)
    if len(whole) < LEAST:
        return
    for name, line in _lines(whole):
        letters = _letters(line)
        if letters is not None:
            yield f"{name}code points", letters
        yield f"{name}numbers", tuple(line)


def _as_whole(found: Sequence[int | float]) -> list[int]:
    """The numbers, all of them times the least power of ten that leaves no decimals."""
    if all(isinstance(number, int) for number in found):
        return [int(number) for number in found]
    exact = [Decimal(repr(number)) for number in found if abs(number) < 1e30]
    decimals = max((max(0, -int(number.as_tuple().exponent)) for number in exact), default=0)
    return [int(number.scaleb(min(decimals, MAX_DECIMALS))) for number in exact]


def _lines(whole: list[int]) -> Iterator[tuple[str, list[int]]]:
    yield "", whole
    yield "running sums of ", list(accumulate(whole))
    yield "differences of ", [whole[0], *(b - a for a, b in pairwise(whole))]
    top = max(whole)
    for modulus in LOW:
        if top >= modulus:
            yield "low digits of ", [number % modulus for number in whole]
    for stride in range(2, MAX_STRIDE + 1):
        for start in range(stride):
            line = whole[start::stride]
            if len(line) >= LEAST:
                yield f"every {stride}th of ", line


def _letters(line: Sequence[int]) -> str | None:
    letters = "".join(chr(number) for number in line if 32 <= number < 0xD800)
    enough = len(letters) >= 0.8 * len(line)
    return letters if enough and sum(map(str.isalpha, letters)) >= 0.6 * len(letters) else None


def _packed(whole: Sequence[int]) -> Iterator[tuple[str, Raw]]:
    """The bytes of each number after those of the one before, from the high or the low end."""
    big = [number.to_bytes((number.bit_length() + 7) // 8, "big") for number in whole if number >= 256]
    raw = b"".join(big)
    if len(raw) >= LEAST and len(big) >= 0.8 * len(whole):
        for each in (raw, b"".join(part[::-1] for part in big)):
            text = as_text(each)
            if text is not None:
                yield "packed numbers", text
