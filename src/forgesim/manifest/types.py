"""The types of trust.yml: which JSON values may be stored or sent, and how much such a value can carry.

Every type but ``content`` is finite in a given world, so that a value has a capacity in bits. A map is
closed and the order of its fields is no part of the value: who compares bytes compares a canonical
spelling.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import TypeAlias, assert_never

from forgesim.clock import parse_time
from forgesim.counted import counted
from forgesim.errors import InputError, Problem
from forgesim.manifest.grammar import Path, read_type
from forgesim.manifest.values import (
    ID_KINDS,
    NUMBERED,
    Bool,
    Const,
    Content,
    Enum,
    Fields,
    Id,
    IdKind,
    Int,
    ListOf,
    Maybe,
    Number,
    Scalar,
    Setting,
    Time,
    Type,
    World,
)  # fmt: skip

__all__ = [
    "ID_KINDS", "Bool", "Const", "Content", "Enum", "Fields", "Id", "IdKind", "Int", "ListOf", "Maybe",
    "Number", "Scalar", "Setting", "Time", "Type", "World", "bits", "has_content", "mismatch", "parse_type",
    "show", "text_mismatch", "time_forms",
]  # fmt: skip


def parse_type(raw: object) -> Type:
    """The type that a YAML value writes (text, map or sequence). Raises InputError with every problem, by
    path."""
    problems: list[Problem] = []

    def tell(path: Path, what: str, hint: str | None) -> None:
        place = ".".join(map(str, path))
        problems.append(Problem(what=f"{place}: {what}" if place else what, hint=hint))

    found = read_type(raw, tell)
    if problems:
        raise InputError(*problems)
    return found


def show(value: object) -> str:
    """A value in a message: short ones as JSON-like text, longer ones by size only, so that no page text is
    quoted."""
    if isinstance(value, str):
        return repr(value) if len(value) <= 24 else f"a text of {len(value):,} characters"
    if isinstance(value, dict):
        return f"a map of {counted(len(value), 'field')}"
    if isinstance(value, list):
        return f"a list of {counted(len(value), 'item')}"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    text = repr(value) if not isinstance(value, int) or abs(value) < 10**24 else "a very large integer"
    return text if len(text) <= 24 else f"a value of {len(text):,} characters"


def mismatch(type: Type, value: object, world: World, path: str = "value") -> str | None:  # noqa: A002
    """Why a JSON value is not of the type, as ``path: reason`` for the first place that differs; else
    ``None``."""
    match type:
        case Fields(fields):
            return _fields_mismatch(fields, value, world, path)
        case ListOf(size, of):
            return _list_mismatch(size, of, value, world, path)
        case Maybe(of):
            return None if value is None else mismatch(of, value, world, path)
        case Content():
            return None
        case _:
            reason = _scalar_reason(type, value, world)
            return None if reason is None else f"{path}: {reason}"


def text_mismatch(type: Type, text: str, world: World, path: str = "value") -> str | None:  # noqa: A002
    """The same for a place that holds text (a method, path, query value or header): numbers are read in
    decimal."""
    match type:
        case Maybe(of):
            return text_mismatch(of, text, world, path)
        case Int() | Number() | Bool():
            return mismatch(type, _json_scalar(text), world, path)
        case Enum(values):
            return None if text in map(_as_text, values) else mismatch(type, text, world, path)
        case Const(value):
            return None if text == _as_text(value) else mismatch(type, text, world, path)
        case Time() if text.isdecimal():
            return mismatch(type, _json_scalar(text), world, path)
        case _:
            return mismatch(type, text, world, path)


def _json_scalar(text: str) -> object:
    """The number or boolean that canonical decimal text spells; other text stays text."""
    if text in ("true", "false"):
        return text == "true"
    for kind in (int, float):
        try:
            number = kind(text)
        except ValueError:
            continue
        return number if str(number) == text else text
    return text


def _as_text(value: Scalar) -> str:
    return value if isinstance(value, str) else show(value)


def _fields_mismatch(fields: Mapping[str, Type], value: object, world: World, path: str) -> str | None:
    if not isinstance(value, dict):
        return f"{path}: {show(value)} is not a map"
    for name in value:
        if name not in fields:
            return f"{path}: has a field that is not declared: {show(name)}"
    for name, of in fields.items():
        if name in value:
            found = mismatch(of, value[name], world, f"{path}.{name}")
        else:
            found = None if isinstance(of, Maybe) else f"{path}.{name}: is missing"
        if found:
            return found
    return None


def _list_mismatch(size: int, of: Type, value: object, world: World, path: str) -> str | None:
    if not isinstance(value, list):
        return f"{path}: {show(value)} is not a list"
    if len(value) > size:
        return f"{path}: {counted(len(value), 'item is', 'items are')} more than {size:,}"
    return next(filter(None, (mismatch(of, item, world, f"{path}[{i}]") for i, item in enumerate(value))), None)


_ScalarType: TypeAlias = Int | Number | Bool | Enum | Const | Id | Time | Setting


def _scalar_reason(type: _ScalarType, value: object, world: World) -> str | None:  # noqa: A002
    match type:
        case Int() | Number():
            return _number_reason(type, value)
        case Bool():
            fits, wanted = isinstance(value, bool), "neither true nor false"
        case Enum(values):
            fits, wanted = (
                any(_same(value, v) for v in values),
                f"not one of {'|'.join(map(_as_text, values))}",
            )
        case Const(expected):
            fits, wanted = _same(value, expected), f"not {show(expected)}"
        case Id(kind):
            numbered = kind in NUMBERED and isinstance(value, int) and abs(value) < 10**24
            text = str(value) if numbered else value
            fits, wanted = (
                isinstance(text, str) and text in world.ids.get(kind, ()),
                f"no {kind} of this site",
            )
        case Time():
            fits, wanted = _is_moment(value, world), "neither now nor a time that was read"
        case Setting(size):
            return _setting_reason(size, value, world)
        case _:
            assert_never(type)
    return None if fits else f"{show(value)} is {wanted}"


def _same(left: object, right: Scalar) -> bool:
    """Equal as JSON: ``1``, ``1.0`` and ``true`` are three values."""
    return left.__class__ is right.__class__ and left == right


def _number_reason(type: Int | Number, value: object) -> str | None:  # noqa: A002
    whole = isinstance(value, int) and not isinstance(value, bool)
    if isinstance(type, Int) and not whole:
        return f"{show(value)} is not an integer"
    if not whole and not (isinstance(value, float) and math.isfinite(value)):
        return f"{show(value)} is not a number"
    assert isinstance(value, int | float)
    if isinstance(type, Number) and _is_multiple(type, value):
        return None
    exact = value if isinstance(value, int) else Decimal(repr(value))
    if exact < type.lo:
        return f"{show(value)} is under {type.lo}"
    if exact > type.hi:
        return f"{show(value)} is over {type.hi}"
    return f"{show(value)} is not a multiple of {type.step}" if isinstance(type, Number) else None


def _is_multiple(type: Number, value: float) -> bool:  # noqa: A002
    """Whether a value is a multiple of the step in the range: as an integer, as the double nearest to it, or as
    the double that multiplying gives, which is how a program rounds to a step. No other double passes, or the
    last digits of a number could carry a message.
    """
    if abs(value) > 10**13:
        return False
    times = round(Decimal(repr(value)) / type.step)
    exact = type.step * times
    if not type.lo <= exact <= type.hi:
        return False
    if isinstance(value, int):
        return value == exact
    minus_zero = value == 0 and math.copysign(1, value) < 0
    return value in (float(exact), times * float(type.step)) and not minus_zero


def time_forms(at_ms: int) -> tuple[str, ...]:
    """The spellings of an instant that ``time`` takes: seconds (whole ones only), milliseconds and
    microseconds, each with ``Z`` or ``+00:00``."""
    moment = datetime.fromtimestamp(at_ms // 1000, UTC)
    seconds, fraction = f"{moment:%Y-%m-%dT%H:%M:%S}", f"{at_ms % 1000:03d}"
    tails = ([""] if fraction == "000" else []) + [f".{fraction}", f".{fraction}000"]
    return tuple(f"{seconds}{tail}{zone}" for tail in tails for zone in ("Z", "+00:00"))


def _is_moment(value: object, world: World) -> bool:
    if isinstance(value, str):
        try:
            at_ms = parse_time(value) if len(value) <= 40 else -1
        except (ValueError, OverflowError):
            return False
        return world.has_moment(at_ms) and value in time_forms(at_ms)
    return isinstance(value, int) and not isinstance(value, bool) and world.has_moment(value)


def _setting_reason(size: int, value: object, world: World) -> str | None:
    if not isinstance(value, str):
        return f"{show(value)} is not a text"
    if len(value) > size:
        return f"{counted(len(value), 'character is', 'characters are')} more than {size:,}"
    return None if value in world.settings else f"{show(value)} is not what the user entered"


def has_content(type: Type) -> bool:  # noqa: A002
    """Whether the type has ``content`` anywhere."""
    match type:
        case Content():
            return True
        case Fields(fields):
            return any(map(has_content, fields.values()))
        case ListOf(_, of) | Maybe(of):
            return has_content(of)
        case _:
            return False


def bits(type: Type, world: World) -> float:  # noqa: A002
    """At most how many bits one value carries: log2 of the number of values that ``mismatch`` accepts, each
    spelling of a number, time or id counted; ``inf`` for ``content``, 0 where at most one value exists."""
    return max(0.0, _bits(type, world))


def _bits(type: Type, world: World) -> float:  # noqa: A002
    """log2 of the number of values; ``-inf`` where there is none."""
    match type:
        case Fields(fields):
            each = [_field_bits(of, world) for of in fields.values()]
            return -math.inf if -math.inf in each else math.fsum(each) if math.inf not in each else math.inf
        case ListOf(size, of):
            return _list_bits(size, _bits(of, world))
        case Maybe(of):
            return _plus(_bits(of, world), 1)
        case Content():
            return math.inf
        case _:
            return _log2(_count(type, world))


def _field_bits(type: Type, world: World) -> float:  # noqa: A002
    """As ``_bits``, where being absent is one more value."""
    return _plus(_bits(type.of, world), 2) if isinstance(type, Maybe) else _bits(type, world)


def _log2(count: int) -> float:
    return math.log2(count) if count else -math.inf


def _plus(power: float, more: int) -> float:
    """log2(2**power + more)."""
    if power == -math.inf:
        return math.log2(more)
    return power + math.log1p(more * 2.0**-power) / math.log(2) if power < 1000 else power


def _list_bits(size: int, item: float) -> float:
    """log2 of the number of lists of at most ``size`` items of ``2**item`` values."""
    if item == -math.inf or size == 0:
        return 0.0
    if item <= 0:
        return math.log2(size + 1)
    if math.isinf(item):
        return math.inf
    if size * item < 900:
        return math.log2(math.fsum(2.0 ** (item * k) for k in range(size + 1)))
    return size * item - math.log1p(-(2.0**-item)) / math.log(2)


def _count(type: _ScalarType, world: World) -> int:  # noqa: A002
    match type:
        case Int(lo, hi):
            return hi - lo + 1
        case Number(_, _, step):
            doubles = 1 if Decimal(float(step)) == step else 2
            integers = len(type.multiples(step.as_integer_ratio()[1]))
            return doubles * len(type.multiples()) + integers
        case Bool():
            return 2
        case Enum(values):
            return len(values)
        case Const():
            return 1
        case Id(kind):
            return len(world.ids.get(kind, ())) * (2 if kind in NUMBERED else 1)
        case Time():
            return sum(5 if at_ms % 1000 else 7 for at_ms in world.moments())
        case Setting(size):
            return sum(len(text) <= size for text in world.settings)
        case _:
            assert_never(type)
