"""Words and their forms: what a twin must keep of a word, and swapping words within their form.

The form of a word is its length, its case pattern, and for each letter the set of letters that may stand
there without moving any honest measure. Vowels stay vowels and consonants consonants, so every counter of
vowel groups agrees; ``y``, a final ``e``, and the ``e`` of a final ``es`` or ``ed`` stay where they are, so
counters with rules for silent letters agree too. A number keeps its length and whether it starts with zero.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache

__all__ = ["MARKERS", "UNFINISHED", "WORD", "form", "lowered", "mapped", "recased", "syllables"]

MARKERS = frozenset(
    "todo fixme tbd tbc tba wip xxx draft outdated obsolete deprecated placeholder lorem ipsum".split()  # noqa: SIM905
)
"""Words that say something about a page's state rather than about its subject; twins keep them, in any
case."""

UNFINISHED = (
    "TODO: write this page.",
    "TBD",
    "FIXME: copy from the old handbook.",
    "Placeholder, to follow.",
    "TODO check the numbers above.",
)
"""How people mark a page, or a part of one, that they have not finished."""

WORD = re.compile(r"[^\W\d_]+|\d+")
"""A run of letters or a run of digits."""

_SPLIT = re.compile(f"({WORD.pattern})")
_ASCII_SPLIT = re.compile("([A-Za-z]+|[0-9]+)")
"""The same for texts of ASCII alone, of which most are: it need not ask what each character is."""
_VOWELS = "aeiou"
_CONSONANTS = "bcdfghjklmnpqrstvwxz"
_GROUPS = re.compile(r"[aeiouy]+")


def mapped(text: str, word: Callable[[str], str]) -> str:
    """``text`` with each word and number replaced by what ``word`` makes of it, in order."""
    split = _ASCII_SPLIT if text.isascii() else _SPLIT
    parts = split.split(text)  # words and what lies between in turn: much faster than a function for each match
    parts[1::2] = map(word, parts[1::2])
    return "".join(parts)


def syllables(word: str) -> int:
    """Number of groups of the letters a e i o u y in ``word``, at least 1. A silent ``e`` counts like any
    other."""
    return max(1, len(_GROUPS.findall(word.lower())))


def form(word: str) -> tuple[str, ...]:
    """For each character of a lower-case word or number, the sorted characters that may stand in its
    place."""
    if word.isdecimal():
        return tuple(_digit_choices(char, first=index == 0) for index, char in enumerate(word))
    return tuple(_letter_choices(word, index) for index in range(len(word)))


def lowered(word: str) -> str:
    """``word`` in lower case, letter by letter: a letter whose case cannot be told back stays as it is."""
    return word.lower() if word.isascii() else "".join([_lower(char) for char in word])


def recased(word: str, lower: str, image: str) -> str:
    """``image`` with capitals where ``word`` differs from ``lower``, which is ``lowered(word)``."""
    if lower[1:] == word[1:]:
        return image[0].upper() + image[1:]
    return "".join([new.upper() if a != b else new for a, b, new in zip(word, lower, image, strict=True)])


def _lower(char: str) -> str:
    small = char.lower()
    return small if len(small) == 1 and small.upper() == char else char


def _letter_choices(word: str, index: int) -> str:
    char, after = word[index], len(word) - index - 1
    if char not in _VOWELS and char not in _CONSONANTS:
        return char if char == "y" else _neighbours(char)
    keeps_e = after == 0 or (after == 1 and word[-1] in "sd")
    if char in _VOWELS:
        return _VOWELS if not keeps_e else "e" if char == "e" else "aiou"
    if after == 0:
        return "ds" if char in "sd" else "bcfghjklmnpqrtvwxz"
    if after == 1 and word[-1] == "e":
        return "l" if char == "l" else "bcdfghjkmnpqrstvwxz"
    return _CONSONANTS


def _digit_choices(char: str, *, first: bool) -> str:
    zero = ord(char) - unicodedata.decimal(char)
    if first and ord(char) == zero:
        return char
    return "".join(chr(zero + value) for value in range(int(first), 10))


@lru_cache(maxsize=4096)
def _neighbours(char: str) -> str:
    """Characters of the same kind as ``char`` in its block of 128: same script, category, case and vowel
    class."""
    start = ord(char) & ~127
    kind = _kind(char)
    return "".join(other for other in map(chr, range(start, start + 128)) if _kind(other) == kind)


def _kind(char: str) -> tuple[object, ...]:
    script = unicodedata.name(char, "").partition(" ")[0]
    base = unicodedata.normalize("NFD", char)[0].lower()
    sound = base if base in "ye" else "v" if base in _VOWELS else "c"
    folds = len(char.upper()) == 1 and char.upper().lower() == char
    return script, unicodedata.category(char), sound, folds, _lower(char) != char
