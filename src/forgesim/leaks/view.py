"""A text as it reads after some undoing, and when bytes count as text."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from forgesim.leaks.normalise import normalise

__all__ = ["Decoder", "Raw", "View", "as_text", "parsed"]

LOOKED_AT = 512
"""Characters at the start of decoded bytes that say whether they are text."""

SAME = frozenset({"reversed", "rot13"})
"""Steps that keep the pattern, or turn it round."""

APART = frozenset({"json", "markup"})
"""Steps that take a text apart: each part has the pattern that it had in the whole."""

MAX_DIGITS = 4000
"""Digits of a number from which on it is kept as written: converting takes time that grows with their square."""

Raw = str | bytes | tuple[int, ...]
"""What one step of undoing gives: a text, bytes, or numbers whose pattern alone is looked at."""


@dataclass(frozen=True)
class View:
    """A text as it reads after undoing ``decoding`` (``base64, gzip``; empty for the text as written).

    ``data`` has the bytes where the last step gave bytes; ``symbols`` the numbers where it gave numbers. In a ``last``
    view content stands open or not at all: nothing more is undone.
    """

    decoding: str
    text: str
    data: bytes | None = None
    symbols: tuple[int, ...] = ()
    last: bool = False

    @cached_property
    def value(self) -> Any:
        """The JSON value that the text is; null where it is none."""
        return parsed(self.text)

    @cached_property
    def normal(self) -> str:
        """The text as texts are compared."""
        return normalise(self.text)

    @cached_property
    def own_pattern(self) -> bool:
        """Whether the pattern of the text's repetitions is looked at: not where the view it comes from has the same
        pattern, or what that was taken apart into has, and not of a JSON value, whose strings, names and numbers are
        views of their own."""
        steps = self.decoding.split(", ")
        turned = len(steps) - 1 - next((n for n, step in enumerate(reversed(steps)) if step not in APART), 0)
        same = steps[turned] in SAME or steps[-1].endswith("code points")
        return not (self.last or same or isinstance(self.value, dict | list))

    @property
    def as_written(self) -> bool:
        """Whether nothing has been undone yet."""
        return not self.decoding


@dataclass(frozen=True, slots=True)
class Decoder:
    """One way of undoing. ``undo`` gives what a view reads as, each with the name of what was undone; nothing where
    the view does not look like it."""

    name: str
    undo: Callable[[View], Iterator[tuple[str, Raw]]]


def parsed(text: str) -> Any:
    """The JSON map, list or string that a text is, else null."""
    if text[:1] not in {"{", "[", '"'}:
        return None
    try:
        return json.loads(text, parse_int=_whole)
    except (ValueError, RecursionError):
        return None


def as_text(raw: bytes) -> str | None:
    """The bytes as text where they mostly read as text; a few stray bytes at the ends are allowed."""
    if len(raw) >= 16 and raw.count(0) * 3 >= len(raw):
        for name in ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"):
            wide = raw[: len(raw) // 4 * 4].decode(name, "ignore")
            if wide and sum(map(str.isprintable, wide)) >= 0.9 * len(wide) and max(wide[:LOOKED_AT]) < "\u3000":
                return wide
    if len(raw) < 6:
        return None
    text = raw.decode("utf-8", "ignore")
    if len(text) < 0.5 * len(raw):
        return None
    head = text[:LOOKED_AT]
    good = len(head) if head.isprintable() else sum(1 for char in head if char.isprintable() or char in "\n\r\t")
    seen = min(len(raw), LOOKED_AT)
    return text if good >= 0.85 * len(head) and seen - len(head.encode()) <= 0.2 * seen else None


def _whole(digits: str) -> int | str:
    return int(digits) if len(digits) <= MAX_DIGITS else digits
