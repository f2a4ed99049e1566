"""What a declared type is, as frozen values. Their laws are in ``types``, which is where to import them
from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, TypeAlias, get_args

Scalar: TypeAlias = str | int | float | bool | None
IdKind = Literal["page", "space", "issue", "sprint", "board", "account"]
ID_KINDS: tuple[IdKind, ...] = get_args(IdKind)
NUMBERED: frozenset[IdKind] = frozenset({"sprint", "board"})
"""Kinds whose ids the REST API writes as JSON numbers; both spellings are one id and count as two values."""


@dataclass(frozen=True, slots=True)
class Int:
    """A JSON integer from ``lo`` to ``hi``, ends included; neither ``true`` nor ``1.0`` is one."""

    lo: int
    hi: int


@dataclass(frozen=True, slots=True)
class Number:
    """A multiple of ``step`` from ``lo`` to ``hi``, as the nearest double or as ``k * step`` comes out in
    doubles."""

    lo: Decimal
    hi: Decimal
    step: Decimal

    def multiples(self, of: int = 1) -> range:
        """The factors of the multiples of ``of`` steps in the range."""
        step = self.step * of
        lowest, highest = (int(end // step) - (end % step < 0) for end in (self.lo, self.hi))
        return range(lowest + (self.lo % step != 0), highest + 1)


@dataclass(frozen=True, slots=True)
class Bool:
    """``true`` or ``false``."""


@dataclass(frozen=True, slots=True)
class Enum:
    """One of some scalars, equal in JSON type too: ``1`` is neither ``1.0`` nor ``true``."""

    values: tuple[Scalar, ...]


@dataclass(frozen=True, slots=True)
class Const:
    """One scalar."""

    value: Scalar


@dataclass(frozen=True, slots=True)
class Id:
    """An id that exists on the site; of a space or an issue the key too."""

    kind: IdKind


@dataclass(frozen=True, slots=True)
class Time:
    """The virtual now or a time that was read: RFC 3339 in UTC (seconds, milliseconds or microseconds) or
    epoch ms."""


@dataclass(frozen=True, slots=True)
class Setting:
    """At most ``size`` code points, verbatim a scalar of the payload of the user who caused the write."""

    size: int


@dataclass(frozen=True, slots=True)
class Content:
    """Anything at all, without bound; only under ``sends``."""


@dataclass(frozen=True, slots=True)
class ListOf:
    """At most ``size`` values of one type."""

    size: int
    of: Type


@dataclass(frozen=True, slots=True)
class Maybe:
    """The value, ``null``, or as a field absent."""

    of: Type


@dataclass(frozen=True, slots=True)
class Fields:
    """A closed map: every field is required unless it is ``Maybe``."""

    fields: Mapping[str, Type]


Type: TypeAlias = Int | Number | Bool | Enum | Const | Id | Time | Setting | Content | ListOf | Maybe | Fields


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What a value may refer to: ids and keys by kind, the virtual now and the times read (epoch ms), user
    settings."""

    ids: Mapping[str, frozenset[str]]
    now_ms: int
    times: frozenset[int] = frozenset()
    settings: frozenset[str] = frozenset()

    def moments(self) -> frozenset[int]:
        """The times that ``time`` and ``{date}`` accept, in epoch ms."""
        return self.times | {self.now_ms}

    def has_moment(self, at_ms: int) -> bool:
        return at_ms == self.now_ms or at_ms in self.times
