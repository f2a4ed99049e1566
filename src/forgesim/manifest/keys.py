"""Patterns of stored keys: ``space:{space}:score``, ``day:{date}``, ``rank:{int 1..10}``.

A placeholder stands for an id that exists, a date or an integer, and never for text with ``:``. An account
id that holds ``:`` is written with ``.`` in its place. Whether two patterns overlap is decided exactly on
the shapes of the placeholders (an id of a page is any row of digits), so a world to come cannot make two
stores claim one key; only the shape of a date is a little wider than the calendar.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from forgesim.clock import parse_time
from forgesim.manifest import shapes
from forgesim.manifest.shapes import Shape
from forgesim.manifest.values import ID_KINDS, World

__all__ = ["LONGEST_KEY", "KeyPattern", "Placeholder"]

LONGEST_KEY: Final = 500
"""Code points of a key that the platform's store takes at most."""

DAY_MS: Final = 86_400_000

_TOKEN = re.compile(r"\{([^{}]*)\}|([^{}]+)|([{}])")
_INT_WORD = re.compile(r"int\s+(-?\d{1,18})\s*\.\.\s*(-?\d{1,18})", re.ASCII)
_NAMES = (*ID_KINDS, "id", "date", "int A..B")


@dataclass(frozen=True, slots=True)
class Placeholder:
    """``kind`` is page, space, issue, sprint, board, account, id, date or int; ``lo`` and ``hi`` belong to
    int."""

    kind: str
    lo: int = 0
    hi: int = 0

    def shape(self) -> Shape:
        return shapes.integer(self.lo, self.hi) if self.kind == "int" else shapes.NAMED[self.kind]

    def accepts(self, text: str, world: World) -> bool:
        """Whether a text of the placeholder's shape is an id that exists, a day of the world, or in the range."""
        match self.kind:
            case "int":
                return shapes.is_integer(text) and self.lo <= int(text) <= self.hi
            case "date":
                return _is_day(text, world)
            case "account":
                known = world.ids.get("account", frozenset())
                return ":" not in text and (text in known or text.replace(".", ":") in known)
            case "id":
                return any(Placeholder(kind).accepts(text, world) for kind in ID_KINDS)
            case kind:
                return ":" not in text and text in world.ids.get(kind, ())

    def count(self, world: World) -> int:
        """At most how many texts it accepts."""
        match self.kind:
            case "int":
                return self.hi - self.lo + 1
            case "date":
                return len({at_ms // DAY_MS for at_ms in world.moments()})
            case "id":
                return len(frozenset().union(*(world.ids.get(kind, ()) for kind in ID_KINDS)))
            case kind:
                return len(world.ids.get(kind, ()))

    def label(self) -> str:
        return f"int {self.lo}..{self.hi}" if self.kind == "int" else self.kind


def _is_day(text: str, world: World) -> bool:
    """Whether the text is the UTC date of the virtual now or of a time that was read."""
    try:
        start_ms = parse_time(text) if re.fullmatch(shapes.NAMED["date"].regex, text) else None
    except ValueError:
        start_ms = None
    if start_ms is None:
        return False
    return any(start_ms <= at_ms < start_ms + DAY_MS for at_ms in (world.now_ms, *world.times))


@dataclass(frozen=True)
class KeyPattern:
    """A pattern as written and its parts: literal text and placeholders in turn."""

    text: str
    parts: tuple[str | Placeholder, ...]

    @classmethod
    def parse(cls, text: str) -> KeyPattern:
        """Read a pattern. Raises ValueError that says what is wrong and what to write."""
        if not text or len(text) > LONGEST_KEY:
            raise ValueError(f"a key has 1 to {LONGEST_KEY} characters, this one {len(text)}")
        parts: list[str | Placeholder] = []
        for name, literal, stray in _TOKEN.findall(text):
            if stray:
                raise ValueError(f"a lone {stray!r} in {text!r}: a placeholder is written {{page}}")
            if literal:
                parts.append(literal)
                continue
            if parts and isinstance(parts[-1], Placeholder):
                raise ValueError(f"two placeholders touch in {text!r}: put a ':' between them")
            parts.append(_placeholder(name.strip()))
        return cls(text, tuple(parts))

    @cached_property
    def _regex(self) -> re.Pattern[str]:
        return re.compile(
            "".join(re.escape(part) if isinstance(part, str) else f"({part.shape().regex})" for part in self.parts),
            re.ASCII | re.DOTALL,
        )

    def fits(self, key: str) -> bool:
        """Whether the key has the pattern's shape, whatever exists."""
        return self._regex.fullmatch(key) is not None

    def match(self, key: str, world: World) -> str | None:
        """Why the key is none of the pattern's in this world, or ``None`` where it is one."""
        if len(key) > LONGEST_KEY:
            return f"a key of {len(key):,} characters is longer than {LONGEST_KEY:,}"
        shape = self._regex.fullmatch(key)
        if shape is None:
            return f"does not have the form {self.text}"
        if self._isknown(key, world):
            return None
        holders = [part for part in self.parts if isinstance(part, Placeholder)]
        for holder, found in zip(holders, shape.groups(), strict=True):
            if not holder.accepts(found, world):
                return f"{_quote(found)} is no {holder.label()} of {self.text} here"
        return f"does not match {self.text}"

    def _isknown(self, key: str, world: World) -> bool:
        """Try every way to divide the key: a text may end in more than one place (``{space}-{page}``)."""
        ends = {0}
        for part in self.parts:
            if isinstance(part, str):
                ends = {end + len(part) for end in ends if key.startswith(part, end)}
            else:
                ends = {
                    stop for end in ends for stop in range(end + 1, len(key) + 1) if part.accepts(key[end:stop], world)
                }
        return len(key) in ends

    def bits(self, world: World) -> float:
        """At most how many bits a choice of key carries: log2 of the number of keys, 0 where there is none."""
        counts = [part.count(world) for part in self.parts if isinstance(part, Placeholder)]
        return math.fsum(map(math.log2, counts)) if all(counts) else 0.0

    def overlaps(self, other: KeyPattern) -> bool:
        """Whether some key has the shape of both patterns."""
        return shapes.meet(self.shapes, other.shapes)

    @cached_property
    def shapes(self) -> list[Shape]:
        """The shapes of the parts, in order."""
        return [shapes.literal(part) if isinstance(part, str) else part.shape() for part in self.parts]


def _quote(text: str) -> str:
    return repr(text) if len(text) <= 40 else f"a text of {len(text):,} characters"


def _placeholder(name: str) -> Placeholder:
    if name in (*ID_KINDS, "id", "date"):
        return Placeholder(name)
    if form := _INT_WORD.fullmatch(name):
        lo, hi = int(form[1]), int(form[2])
        if lo > hi:
            raise ValueError(f"the range of {{{name}}} is empty: {lo} is over {hi}")
        return Placeholder("int", lo, hi)
    from difflib import get_close_matches

    close = get_close_matches(name, _NAMES, n=1)
    hint = f"did you mean {{{close[0]}}}?" if close else f"known are {', '.join(f'{{{n}}}' for n in _NAMES)}"
    raise ValueError(f"unknown placeholder {{{name}}}: {hint}")
