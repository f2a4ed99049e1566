"""HTML as values: every text is escaped where it enters, and what is markup already says so by its type."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from typing import TypeAlias

from forgesim.report.shape import clean

__all__ = ["Html", "Part", "join", "tag", "visible"]

VOID = frozenset({"meta", "input", "br", "path", "rect", "line"})
_LAST = "".join(f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 0x10000))
_NONCHARACTER = re.compile(f"[\ufdd0-\ufdef{_LAST}]")
_NAME = re.compile(r"[a-z][a-z0-9-]*", re.IGNORECASE)


class Html(str):
    """Markup that was made by ``tag`` or ``join``: it is not escaped again."""

    __slots__ = ()


Part: TypeAlias = str | None
"""A child: text, ``Html``, or nothing."""


def visible(text: str) -> str:
    """A text whose control, format, surrogate and noncharacters are visible escapes: what is left is legal in HTML
    and in XML 1.0, and can neither hide nor reorder what stands beside it."""
    return _NONCHARACTER.sub(lambda match: f"\\u{ord(match[0]):04x}", clean(text))


def tag(name: str, /, *children: Part, **attributes: str | bool | None) -> Html:
    """An element. Attribute names are Python's (``class_``, ``aria_label``); true is an attribute without a value,
    false and null are none. Texts in children and attributes are escaped."""
    spelled = [_attribute(key, value) for key, value in attributes.items() if value is not None and value is not False]
    opening = " ".join((name, *spelled))
    if name in VOID:
        return Html(f"<{opening}>" if name in ("meta", "input", "br") else f"<{opening}/>")
    return Html(f"<{opening}>{join(children)}</{name}>")


def join(parts: Iterable[Part]) -> Html:
    """Parts one after the other, texts escaped."""
    return Html("".join(_escaped(part) for part in parts if part is not None))


def _escaped(part: str) -> str:
    return part if isinstance(part, Html) else html.escape(visible(part), quote=True)


def _attribute(key: str, value: str | bool) -> str:
    name = key.rstrip("_").replace("_", "-")
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no attribute name")
    return name if value is True else f'{name}="{html.escape(visible(str(value)), quote=True)}"'
