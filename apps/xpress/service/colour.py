"""Colours that authors chose, moved no further than it takes until all can be read that is written in them or stands
on them: contrast is 4.5 to 1 at least, as WCAG 2.2 counts it (1.4.3)."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping

__all__ = ["Rgb", "ink", "light_of", "paper", "read_colour"]

Rgb = tuple[int, int, int]

CONTRAST = 4.5
PALEST = 0.7
"""The least relative luminance of a ground: the colours of links and headings, and black, can be read on it."""

LESS_BLUE = 0.003
"""By so much may the ground of a cell be darker, which says by its blue what the cell heads."""

DARKEST = (PALEST - LESS_BLUE + 0.05) / CONTRAST - 0.05
"""The most of a text, so that it can be read on any ground."""

SHARES = (0.2126, 0.7152, 0.0722)
NAMED: Mapping[str, str] = {
    "black": "000000", "silver": "c0c0c0", "gray": "808080", "grey": "808080", "white": "ffffff", "maroon": "800000",
    "red": "ff0000", "purple": "800080", "fuchsia": "ff00ff", "magenta": "ff00ff", "green": "008000", "lime": "00ff00",
    "olive": "808000", "yellow": "ffff00", "navy": "000080", "blue": "0000ff", "teal": "008080", "aqua": "00ffff",
    "cyan": "00ffff", "orange": "ffa500", "pink": "ffc0cb", "brown": "a52a2a",
}  # fmt: skip
"""The colours of HTML 4, and what else people write by name."""

_HEX = re.compile(r"#([0-9a-f]{6}|[0-9a-f]{3})(?![0-9a-f])")
_PARTS = re.compile(r"rgba?\(\s*(\d{1,3})\s*[, ]\s*(\d{1,3})\s*[, ]\s*(\d{1,3})\s*(?:[,/]\s*([0-9.]{1,6}%?)\s*)?\)")
_CLEAR = re.compile(r"[0.]+%?")


def read_colour(text: str) -> Rgb | None:
    """What CSS writes as ``#36b37e``, ``#3b7``, ``rgb(54, 179, 126)`` or ``teal``, also as what a ``var()`` falls back
    on; null for what cannot be seen, and for what is said otherwise."""
    said = text.strip().lower()
    if (parts := _PARTS.search(said)) is not None:
        if parts[4] is not None and _CLEAR.fullmatch(parts[4]):
            return None
        return min(255, int(parts[1])), min(255, int(parts[2])), min(255, int(parts[3]))
    found = _HEX.search(said)
    digits = NAMED.get(said, "") if found is None else found[1]
    digits = "".join(2 * digit for digit in digits) if len(digits) == 3 else digits
    return (int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16)) if digits else None


def ink(colour: Rgb) -> Rgb:
    """The colour, as dark as a text has to be."""
    light = light_of(colour)
    return colour if light <= DARKEST else _turned(colour, lambda part: part * DARKEST / light, math.floor)


def paper(colour: Rgb) -> Rgb:
    """The colour, as pale as a ground has to be."""
    light = light_of(colour)
    pale = (PALEST - light) / (1 - light) if light < PALEST else 0.0
    return _turned(colour, lambda part: part + pale * (1 - part), math.ceil) if pale else colour


def light_of(colour: Rgb) -> float:
    """Relative luminance, from 0 for black to 1 for white."""
    return sum(share * _linear(part / 255) for share, part in zip(SHARES, colour, strict=True))


def _turned(colour: Rgb, turn: Callable[[float], float], whole: Callable[[float], int]) -> Rgb:
    """The colour with each part changed as light adds up, and then made whole."""
    red, green, blue = (min(255, max(0, whole(255 * _curved(turn(_linear(part / 255)))))) for part in colour)
    return red, green, blue


def _linear(part: float) -> float:
    """Of sRGB, as light adds up."""
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


def _curved(light: float) -> float:
    return 12.92 * light if light <= 0.0031308 else float(1.055 * light ** (1 / 2.4) - 0.055)
