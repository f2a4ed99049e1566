"""Emoticons of both formats as characters."""

from __future__ import annotations

import re
from collections.abc import Mapping

__all__ = ["emoji"]

NAMED: Mapping[str, str] = {
    "smile": "🙂", "sad": "🙁", "cheeky": "😛", "laugh": "😀", "wink": "😉", "thumbs-up": "👍", "thumbs-down": "👎",
    "information": "ℹ", "tick": "✅", "cross": "❌", "warning": "⚠", "plus": "➕", "minus": "➖", "question": "❓",
    "light-on": "💡", "light-off": "💡", "yellow-star": "⭐", "red-star": "⭐", "green-star": "⭐", "blue-star": "⭐",
    "heart": "❤", "broken-heart": "💔",
}  # fmt: skip
"""The emoticons of storage format that have no code of their own."""

_CODES = re.compile(r"[0-9a-f]{2,6}(?:-[0-9a-f]{2,6})*")


def emoji(short: str, id_: str, fallback: str, name: str) -> str:
    """The character that is meant, else its short name: ``:shipit:``. An id is code points (``1f600``)."""
    if fallback and not fallback.startswith(":"):
        return fallback
    if _CODES.fullmatch(id_):
        codes = [int(code, 16) for code in id_.split("-")]
        if all(0xA9 <= code < 0x110000 and not 0xD800 <= code < 0xE000 for code in codes):
            return "".join(map(chr, codes))
    return NAMED.get(name) or short or f":{name or 'emoji'}:"
