"""The language that a text shows by its script, so that it is set, broken and read aloud as that language is."""

from __future__ import annotations

import re
from collections.abc import Mapping

__all__ = ["FACE_OF", "RIGHT_TO_LEFT", "spoken", "tongue_of", "tongue_within"]

RIGHT_TO_LEFT = frozenset({"ar", "he"})
FACE_OF: Mapping[str, str] = {"ja": "Noto Sans CJK JP", "ko": "Noto Sans CJK KR", "zh": "Noto Sans CJK SC"}
"""Language → the face that draws Han characters as its readers know them."""

_LETTERS: Mapping[str, str] = {
    "hy": "\u0530-\u058f", "he": "\u0590-\u05ff\ufb1d-\ufb4f",
    "ar": "\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufefc",
    "hi": "\u0900-\u097f", "bn": "\u0980-\u09ff", "pa": "\u0a00-\u0a7f", "gu": "\u0a80-\u0aff", "or": "\u0b00-\u0b7f",
    "ta": "\u0b80-\u0bff", "te": "\u0c00-\u0c7f", "kn": "\u0c80-\u0cff", "ml": "\u0d00-\u0d7f", "si": "\u0d80-\u0dff",
    "th": "\u0e00-\u0e7f", "lo": "\u0e80-\u0eff", "my": "\u1000-\u109f", "ka": "\u10a0-\u10ff", "am": "\u1200-\u139f",
    "km": "\u1780-\u17ff", "ja": "\u3040-\u30ff", "ko": "\u1100-\u11ff\u3130-\u318f\uac00-\ud7af",
    "zh": "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff",
}  # fmt: skip
_FIRST = re.compile("|".join(f"(?P<{tongue}>[{letters}])" for tongue, letters in _LETTERS.items()))
_LATIN = re.compile("[A-Za-z\u00c0-\u024f\u0370-\u052f]")
_KANA = re.compile("[\u3040-\u30ff]")
_HANGUL = re.compile("[\u1100-\u11ff\uac00-\ud7af]")


def tongue_of(text: str) -> str | None:
    """ISO 639-1 code by the first letter that says one; null where Latin, Greek or Cyrillic letters come before it.

    Han characters are Japanese beside kana and Korean beside Hangul.
    """
    if text.isascii() or (found := _FIRST.search(text)) is None or _LATIN.search(text, 0, found.start()):
        return None
    if found.lastgroup == "zh":
        return "ja" if _KANA.search(text) else "ko" if _HANGUL.search(text) else "zh"
    return found.lastgroup


def tongue_within(outer: str, text: str) -> str:
    """The language that a text is set in, inside one in another. "" where Latin, Greek or Cyrillic letters, which show
    none, stand among those that run to the left. Han characters alone are in the language of East Asia around them.
    """
    tongue = tongue_of(text)
    if tongue is None:
        return "" if outer in RIGHT_TO_LEFT and _LATIN.search(text) else outer
    return outer if tongue == "zh" and outer in FACE_OF else tongue


def spoken(outer: str, tongue: str, written: str) -> str:
    """Typst code in a language, inside another one: with its direction, and the face that its readers know."""
    if not written or tongue == outer:
        return written
    if not tongue:
        return f"rightward({written})"
    if tongue in FACE_OF:
        return f'tongue-of-east("{tongue}", "{FACE_OF[tongue]}", {written})'
    return f'tongue("{tongue}", {"rtl" if tongue in RIGHT_TO_LEFT else "ltr"}, {written})'
