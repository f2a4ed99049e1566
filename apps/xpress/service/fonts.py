"""The fonts of a document: those inside typst, and Noto's for what they lack, read only when a text needs them."""

from __future__ import annotations

import re
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
_BEYOND_LATIN = re.compile("[\u0530-\u1cff\u2300-\u260f\u2612-\u2bff\ua640-\uabff\ufb1d-\ufdff\ufe70-\ufefe"
                           "\U0001f000-\U0001faff\u20e3]")  # fmt: skip
_OF_EAST_ASIA = re.compile("[\u1100-\u11ff\u2e80-\ua4cf\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\ufe30-\ufe4f"
                           "\uff00-\uffef\U00020000-\U0003ffff]")  # fmt: skip
UNSHOWN = re.compile(
    "[\u0700-\u074f\u0780-\u08ff\u0f00-\u0fff\u13a0-\u167f\u1680-\u177f\u1800-\u19df\u1a00-\u1cff\ua000-\ua63f"
    "\ua840-\ua8df\ua900-\ua95f\ua980-\uaa5f\uaa80-\uaaff\uab70-\uabff\ue000-\uf8ff\U00010000-\U0001efff]"
)
"""Scripts that none of the fonts has: they are printed as empty boxes, and listed."""


def folders(source: str) -> list[str]:
    """Where the fonts lie that a text needs beyond typst's own: none for Latin, Greek and Cyrillic."""
    needed = [(_SCRIPTS, _BEYOND_LATIN), (_EAST_ASIA, _OF_EAST_ASIA)]
    return [folder for name, wanted in needed if wanted.search(source) for folder in _of(name)]


def _of(package: str) -> list[str]:
    spec = find_spec(package)
    return [str(Path(spec.origin).parent)] if spec is not None and spec.origin is not None else []
