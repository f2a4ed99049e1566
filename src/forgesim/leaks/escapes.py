"""Texts whose characters are written as escapes: ``\\u0041``, ``&#65;``, ``%41``, ``=41``."""

from __future__ import annotations

import html
import quopri
import re
from collections.abc import Iterator
from urllib.parse import unquote

from forgesim.leaks.normalise import strip_markup
from forgesim.leaks.view import Raw, View

__all__ = ["backslashes", "entities", "markup", "percents", "quoted_printable"]

_BACKSLASH = re.compile(
    r"\\u\{([0-9a-fA-F]{1,6})\}|\\(?:u|U000)([0-9a-fA-F]{4,5})|\\x([0-9a-fA-F]{2})|\\([0-7]{3})|(?:%u|U\+)([0-9a-fA-F]{4})"
)
_ENTITY = re.compile(r"&#?\w+;")
_URL = re.compile(r"%[0-9a-fA-F]{2}")
_QUOTED = re.compile(r"=[0-9A-F]{2}")


def markup(view: View) -> Iterator[tuple[str, Raw]]:
    """HTML or XHTML without its tags."""
    if "<" in view.text and ">" in view.text:
        yield "markup", strip_markup(view.text)


def backslashes(view: View) -> Iterator[tuple[str, Raw]]:
    """The escapes of JSON, C, Python and JavaScript, in hex and in octal, and ``U+0041``."""
    text = view.text
    if ("\\" in text or "%u" in text or "U+" in text) and _BACKSLASH.search(text):
        yield "escapes", _BACKSLASH.sub(_unescaped, text)


def entities(view: View) -> Iterator[tuple[str, Raw]]:
    """HTML entities, named and numbered."""
    if "&" in view.text and _ENTITY.search(view.text):
        yield "entities", html.unescape(view.text)


def percents(view: View) -> Iterator[tuple[str, Raw]]:
    """Escapes of URLs."""
    if "%" in view.text and _URL.search(view.text):
        yield "url", unquote(view.text.replace("+", " "), errors="replace")


def quoted_printable(view: View) -> Iterator[tuple[str, Raw]]:
    """Quoted-printable, as in mail."""
    if "=" in view.text and _QUOTED.search(view.text):
        yield "quoted-printable", quopri.decodestring(view.text.encode("utf-8", "replace"))


def _unescaped(found: re.Match[str]) -> str:
    octal = found[4]
    code = int(octal, 8) if octal else int(next(filter(None, found.groups())), 16)
    return chr(code) if code < 0x110000 else found[0]
