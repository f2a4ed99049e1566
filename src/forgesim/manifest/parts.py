"""Shapes of what manifest.yml holds beside what forgesim runs on, so that a mistake there is told with its line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from forgesim.manifest.reading import Reader
from forgesim.manifest.tree import Node

__all__ = ["ANYTHING", "FLAG", "WORDS", "Fields", "Flag", "OneOf", "Part", "Several", "Text", "Whole", "check"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """``known``: all that it may be. ``shape``: a regular expression for all of it, with what to write instead.
    ``empty``: it may be."""

    known: tuple[str, ...] = ()
    longest: int | None = None
    shape: str | None = None
    write: str | None = None
    empty: bool = False


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number from ``least`` to ``most``."""

    least: int
    most: int


@dataclass(frozen=True, slots=True)
class Flag:
    """``true`` or ``false``; ``only`` one of them where that is not null."""

    only: bool | None = None


@dataclass(frozen=True, slots=True)
class Several:
    """A list of at least so many; ``unique``: each at most once."""

    of: Part
    least: int = 0
    unique: bool = False


@dataclass(frozen=True, slots=True)
class Fields:
    """A map. ``other``: what fields under other names are; null where there may be none. ``least``: so many
    at least."""

    required: Mapping[str, Part] = field(default_factory=dict)
    optional: Mapping[str, Part] = field(default_factory=dict)
    other: Part | None = None
    least: int = 0


@dataclass(frozen=True, slots=True)
class OneOf:
    """By the kind of the value; ``says`` what it may be."""

    of: Mapping[type, Part]
    says: str


@dataclass(frozen=True, slots=True)
class Anything:
    """Whatever it is: Forge documents it, and forgesim knows no shape of it."""


Part: TypeAlias = Text | Whole | Flag | Several | Fields | OneOf | Anything

ANYTHING: Final = Anything()
FLAG: Final = Flag()
WORDS: Final = OneOf({str: Text(), dict: Fields({"i18n": Text()})}, "a text or {i18n: KEY}")
"""What people read, as it stands or by its key in ``translations``."""


def check(reader: Reader, node: Node, part: Part, what: str) -> None:
    """Tell what of the node is not of the part's shape; ``what`` names it."""
    match part:
        case Text():
            _check_text(reader, node, part, what)
        case Whole(least, most):
            if reader.is_a(node, int, what) and not least <= node.value <= most:
                reader.tell(node, f"{what} cannot be {node.value}", f"it is {least} to {most}")
        case Flag(only):
            if reader.is_a(node, bool, what) and only not in (None, node.value):
                reader.tell(node, f"{what} cannot be {str(node.value).lower()}")
        case Several():
            _check_list(reader, node, part, what)
        case Fields():
            _check_fields(reader, node, part, what)
        case OneOf(of, says):
            inner_part = of.get(type(node.value))
            if inner_part is None:
                reader.tell(node, f"{what} must be {says}")
            else:
                check(reader, node, inner_part, what)
        case Anything():
            pass


def _check_text(reader: Reader, node: Node, part: Text, what: str) -> None:
    if part.known:
        reader.choice(node, what, part.known)
    elif not reader.is_a(node, str, what):
        return
    elif not node.value and not part.empty:
        reader.tell(node, f"{what} is empty")
    elif part.longest is not None and len(node.value) > part.longest:
        reader.tell(node, f"{what} has {len(node.value)} characters", f"at most {part.longest}")
    elif part.shape is not None and not re.fullmatch(part.shape, node.value):
        reader.tell(node, f"{what} cannot be {node.value!r}", part.write)


def _check_fields(reader: Reader, node: Node, part: Fields, what: str) -> None:
    known = {**part.required, **part.optional}
    found = reader.fields(node, what, required=tuple(part.required), known=known if part.other is None else None)
    for name, inner in found.items():
        if (shape := known.get(name, part.other)) is not None:
            check(reader, inner, shape, f"{name} of {what}")
    if isinstance(node.value, dict):
        _check_count(reader, node, part.least, what)


def _check_list(reader: Reader, node: Node, part: Several, what: str) -> None:
    if not reader.is_a(node, list, what):
        return
    for number, item in enumerate(node.value):
        check(reader, item, part.of, f"an item of {what}")
        if part.unique and any(item.data() == other.data() for other in node.value[:number]):
            reader.tell(item, f"an item of {what} is there twice", "leave one of them out")
    _check_count(reader, node, part.least, what)


def _check_count(reader: Reader, node: Node, least: int, what: str) -> None:
    if len(node.value) < least:
        reader.tell(node, f"{what} is empty" if least == 1 else f"{what} has fewer than {least}")
