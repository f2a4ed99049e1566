"""Texts turned round: backwards, words backwards, and the alphabets that are turned by convention."""

from __future__ import annotations

import codecs
import string
from collections.abc import Iterator

from forgesim.leaks.view import Raw, View

__all__ = ["TURNED", "turned"]

TURNED = frozenset({"words reversed", "order of words reversed", "atbash", "rot47"})
"""Names of turns that stand for themselves: nobody is expected to turn what is encoded already."""

_ROT47 = str.maketrans({code: 33 + (code - 33 + 47) % 94 for code in range(33, 127)})
_ATBASH = str.maketrans(string.ascii_letters, string.ascii_lowercase[::-1] + string.ascii_uppercase[::-1])


def turned(view: View) -> Iterator[tuple[str, Raw]]:
    """The text as written, read backwards, word by word backwards, and under rot13, rot47 and atbash. Other
    substitutions are found by their pattern (``isomorph``)."""
    text = view.text
    if not view.as_written or len(text) < 8:
        return
    yield "reversed", text[::-1]
    words = text.split()
    if len(words) > 2:
        yield "words reversed", " ".join(word[::-1] for word in words)
        yield "order of words reversed", " ".join(words[::-1])
    yield "rot13", codecs.encode(text, "rot13")
    yield "atbash", text.translate(_ATBASH)
    yield "rot47", text.translate(_ROT47)
