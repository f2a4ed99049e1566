"""The form in which content is compared: letters and digits alone, without case, accents or markup."""

from __future__ import annotations

import html
import re
import unicodedata

__all__ = ["normalise", "strip_markup", "tokens"]

_DROP = bytes(code for code in range(128) if not chr(code).isalnum())
_LOWER = bytes(ord(chr(code).lower()) if code < 128 else code for code in range(256))
_LOOKALIKES = {
    0x03B1: "a", 0x03B2: "b", 0x03B5: "e", 0x03B6: "z", 0x03B7: "n", 0x03B9: "i", 0x03BA: "k",
    0x03BD: "v", 0x03BF: "o", 0x03C1: "p", 0x03C4: "t", 0x03C5: "u", 0x03C7: "x", 0x0430: "a",
    0x0432: "b", 0x0435: "e", 0x043A: "k", 0x043C: "m", 0x043D: "h", 0x043E: "o", 0x0440: "p",
    0x0441: "c", 0x0442: "t", 0x0443: "y", 0x0445: "x", 0x0455: "s", 0x0456: "i", 0x0458: "j",
    0x04BB: "h", 0x0501: "d",
}  # fmt: skip
"""Lower-case Greek and Cyrillic letters drawn as Latin ones. Both sides of a comparison pass through it."""

_CDATA = re.compile(r"<!\[CDATA\[(.*?)\]\]>", re.DOTALL)
_TAG = re.compile(r"<[^<>]*>")
_WORD = re.compile(r"[^\W_]+")


def normalise(text: str) -> str:
    """Letters and digits of ``text`` in lower case: compatibility forms, accents and look-alikes folded."""
    if text.isascii():
        return text.encode().translate(_LOWER, _DROP).decode()
    folded = unicodedata.normalize("NFKD", text).casefold().translate(_LOOKALIKES)
    return "".join(filter(str.isalnum, folded))


def strip_markup(text: str) -> str:
    """The text of XHTML or HTML without its tags, entities resolved. Text without markup stays as it is."""
    if "<" in text:
        text = _TAG.sub(" ", _CDATA.sub(lambda found: html.escape(found.group(1)), text))
    return html.unescape(text) if "&" in text else text


def tokens(text: str) -> str:
    """The words of ``text``, each between single spaces, with one at each end: ``" the plan "``."""
    folded = unicodedata.normalize("NFKD", text).casefold()
    return f" {' '.join(_WORD.findall(folded))} "
