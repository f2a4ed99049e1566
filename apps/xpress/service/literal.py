"""Text as typst code that means that text and nothing else. Every text of a page passes here."""

from __future__ import annotations

import re

__all__ = ["lines", "literal", "number", "spaced"]

_ESCAPED = re.compile(r'[\\"\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff\ufffe\uffff]')
_NOT_A_CHARACTER = re.compile("[\x00\ud800-\udfff]")
_LONG = re.compile(r"[^\s\u200b]{30,}")
_BREAK_AFTER = re.compile(r"([/._,;:=&?)\]}\-])(?=\w)|(?<=[a-z])(?=[A-Z])")
_WORDLESS = re.compile(r"(?=[A-Za-z]*[0-9])[A-Za-z0-9]{30,}|[A-Za-z]{50,}")
"""Hashes, keys and the like: no word, so that it may break anywhere."""

_TEN = re.compile(r".{10}(?=.)")
_LONG_CODE = re.compile(r"[^\s\u200b]{40,}")
_SPACE = re.compile(r"[ \t\r\n\f\v]+")
_UNPRINTED = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\u20e3\ufe0e]|(?<=[0-9#*])\ufe0f")
"""Controls, and the frame of keycaps with what announces it: no font has a shape for them, and without one a PDF is not
accessible, or all its digits are read with what stands beside the first."""


def literal(text: str) -> str:
    """A string literal of typst's code mode. Characters that no text can hold become U+FFFD."""
    return f'"{_ESCAPED.sub(_escape, _NOT_A_CHARACTER.sub("�", text))}"'


def _escape(match: re.Match[str]) -> str:
    char = match[0]
    return f"\\{char}" if char in '\\"' else f"\\u{{{ord(char):x}}}"


def spaced(text: str) -> str:
    """Runs of blanks as one blank, and places where words of 30 characters and more may break."""
    return _LONG.sub(_breakable, _SPACE.sub(" ", _printed(text)))


def lines(text: str) -> str:
    """Code as it is printed: tabs as four blanks, and places to break in 40 characters without a blank."""
    return _LONG_CODE.sub(_breakable, _printed(text.replace("\t", "    ")).strip("\n"))


def _breakable(match: re.Match[str]) -> str:
    return _WORDLESS.sub(lambda run: _TEN.sub("\\g<0>\u200b", run[0]), _BREAK_AFTER.sub("\\g<0>\u200b", match[0]))


def _printed(text: str) -> str:
    """The text without what has no shape."""
    return _UNPRINTED.sub("", text)


def number(text: str | None, low: int, high: int, otherwise: int) -> int:
    """A whole number between bounds; ``otherwise`` where the text is none."""
    digits = (text or "").strip().removesuffix("px")
    return (
        min(high, max(low, int(digits))) if digits.isascii() and digits.isdecimal() and len(digits) < 9 else otherwise
    )
