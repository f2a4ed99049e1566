"""Texts written as bits: booleans, zeros and ones, any two symbols, zero-width characters; and Morse code."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator

from forgesim.leaks.leaves import leaves
from forgesim.leaks.view import Raw, View, as_text

__all__ = ["bits", "morse"]

LEAST = 128
"""Bits: sixteen characters. A shorter run of flags is no text."""

MAX_BITS = 1 << 16
UNSEEN = "\u180e\u200b\u200c\u200d\u200e\u200f\u2060\u2061\u2062\u2063\u2064\ufeff"
"""Characters without width."""

_BLANK = re.compile(r"[\s,;|_/\[\]-]+")
_SEEN = re.compile(f"[^{UNSEEN}]+")
_MORSE = re.compile(r"[.·•_–—−-]{1,6}")
_CODES = (
    ".- -... -.-. -.. . ..-. --. .... .. .--- -.- .-.. -- -. --- .--. --.- .-. ... - ..- ...- .-- -..- -.-- --.. "
    "----- .---- ..--- ...-- ....- ..... -.... --... ---.. ----."
)
_LETTERS = dict(zip(_CODES.split(" "), string.ascii_lowercase + string.digits, strict=True))
_DOTS = str.maketrans("·•_–—−", "..----")


def bits(view: View) -> Iterator[tuple[str, Raw]]:
    """What the bits spell in groups of eight or seven, in either order and polarity, from any bit on."""
    for name, found in _bit_strings(view):
        texts = set()
        for line in (found, found.translate({48: 49, 49: 48})):
            for text in (*_grouped(line, 8), *_grouped(line, 7)):
                if text not in texts:
                    texts.add(text)
                    yield name, text


def morse(view: View) -> Iterator[tuple[str, Raw]]:
    """Morse code, with any bars or blanks between letters."""
    text = view.text
    if text.count(".") + text.count("·") + text.count("•") < 12:
        return
    marks = _MORSE.findall(text)
    if sum(map(len, marks)) >= 0.5 * len(text):
        yield "morse", "".join(_LETTERS.get(mark.translate(_DOTS), "") for mark in marks)


def _bit_strings(view: View) -> Iterator[tuple[str, str]]:
    text = view.text
    if view.value is not None:
        flags = [leaf for leaf in leaves(view.value) if isinstance(leaf, int) and leaf in {0, 1}]
        if len(flags) >= LEAST:
            yield "bits", "".join("1" if flag else "0" for flag in flags[:MAX_BITS])
    if len(text) < LEAST:
        return
    if not text.isascii():
        yield from _of_two("zero-width bits", _SEEN.sub("", text))
    if len(set(text[:256])) <= 6:
        yield from _of_two("bits", _BLANK.sub("", text))
        yield from _of_two("bits", text)


def _of_two(name: str, text: str) -> Iterator[tuple[str, str]]:
    """A text of two symbols, the lesser one read as zero."""
    symbols = sorted(set(text))
    if len(symbols) == 2 and len(text) >= LEAST:
        yield name, text[:MAX_BITS].replace(symbols[0], "0").replace(symbols[1], "1") if symbols != ["0", "1"] else text


def _grouped(line: str, size: int) -> Iterator[str]:
    """The texts that groups of so many bits spell, from each bit on, high or low bit first."""
    for offset in range(size):
        part = line[offset : offset + (len(line) - offset) // size * size]
        for each, order in ((part, 1), (part[::-1], -1)):
            whole = each if size == 8 else "".join(f"0{each[at : at + size]}" for at in range(0, len(each), size))
            text = as_text(int(whole, 2).to_bytes(len(whole) // 8, "big")[::order])
            if text is not None:
                yield text
