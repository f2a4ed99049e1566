"""The fonts of a document: those inside typst, and Noto's for what they lack, read only when a text needs them."""

from __future__ import annotations

import re
from bisect import bisect_right
from importlib.util import find_spec
from pathlib import Path

__all__ = ["FACES", "UNSHOWN", "folders"]

FACES = (
    "Libertinus Serif", "Noto Sans", "Noto Sans Arabic", "Noto Sans Armenian", "Noto Sans Bengali",
    "Noto Sans Devanagari", "Noto Sans Ethiopic", "Noto Sans Georgian", "Noto Sans Gujarati", "Noto Sans Gurmukhi",
    "Noto Sans Hebrew", "Noto Sans Kannada", "Noto Sans Khmer", "Noto Sans Lao", "Noto Sans Malayalam",
    "Noto Sans Myanmar", "Noto Sans Oriya", "Noto Sans Sinhala", "Noto Sans Tamil", "Noto Sans Telugu",
    "Noto Sans Thai", "Noto Sans Symbols", "Noto Emoji",
)  # fmt: skip
"""In the order in which a character looks for its font; the faces of East Asia come last, by language."""

_SCRIPTS, _EAST_ASIA = "manimgx_fonts", "manimgx_fonts_cjk"
_BEYOND_LATIN = (
    0x530, 0x1D00, 0x20E3, 0x20E4, 0x2300, 0x2610, 0x2612, 0x2C00, 0xA640, 0xAC00, 0xFB1D, 0xFE00, 0xFE70, 0xFEFF,
    0x1F000, 0x1FB00,
)  # fmt: skip
_OF_EAST_ASIA = (
    0x1100, 0x1200, 0x2E80, 0xA4D0, 0xA960, 0xA980, 0xAC00, 0xD800, 0xF900, 0xFB00, 0xFE30, 0xFE50, 0xFF00, 0xFFF0,
    0x20000, 0x40000,
)  # fmt: skip
"""Where blocks of characters begin and where they have ended, in turn: as a pattern of so many characters, each would
take longer to compile than most documents to search."""

UNSHOWN = re.compile(
    "[\u0700-\u074f\u0780-\u08ff\u0f00-\u0fff\u13a0-\u167f\u1680-\u177f\u1800-\u19df\u1a00-\u1cff\ua000-\ua63f"
    "\ua840-\ua8df\ua900-\ua95f\ua980-\uaa5f\uaa80-\uaaff\uab70-\uabff\ue000-\uf8ff\U00010000-\U0001efff]"
)
"""Scripts that none of the fonts has: they are printed as empty boxes, and listed."""


def folders(source: str) -> list[str]:
    """Where the fonts lie that a text needs beyond typst's own: none for Latin, Greek and Cyrillic."""
    needed = [(_SCRIPTS, _BEYOND_LATIN), (_EAST_ASIA, _OF_EAST_ASIA)]
    points = {*map(ord, {*source})}
    return [
        folder for name, blocks in needed if any(bisect_right(blocks, at) % 2 for at in points) for folder in _of(name)
    ]


def _of(package: str) -> list[str]:
    spec = find_spec(package)
    return [str(Path(spec.origin).parent)] if spec is not None and spec.origin is not None else []
