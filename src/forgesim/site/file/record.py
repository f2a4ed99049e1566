"""What the classes of the site's model say of themselves: fields, which are required, which hold records.

Everything here follows from the classes, so that a field added to the model is read, written and described by the
schema without a line here.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType, UnionType
from typing import Any, Final, NamedTuple, Union, get_args, get_origin, get_type_hints

import msgspec

from forgesim.site.model import Site

__all__ = [
    "FIRST_MS",
    "LAST_MS",
    "MISSING",
    "NAMES",
    "Field",
    "collections",
    "fields",
    "key_of",
    "positional",
    "record_of",
]

MISSING: Final = object()
"""The default of a field that has none."""
FIRST_MS, LAST_MS = -62_135_596_800_000, 253_402_300_799_999
"""The years 1 to 9999, which a time may be in."""
NAMES: Final[Mapping[str, str]] = MappingProxyType({"users": "people", "clock_ms": "clock"})
"""Fields of ``Site`` that the file calls otherwise."""


class Field(NamedTuple):
    """``record`` is the class of what the field holds: one, many, or with ``mapped`` many by a key. ``time``: epoch
    milliseconds."""

    name: str
    hint: Any
    default: Any
    record: type | None
    time: bool
    mapped: bool

    @property
    def required(self) -> bool:
        return self.default is MISSING

    def maps(self, value: Any) -> list[dict[str, Any]]:
        """The records in a plain value of the field that are written as maps of their fields."""
        if self.record is None or positional(self.record):
            return []
        if isinstance(value, dict):
            value = list(value.values()) if self.mapped else [value]
        return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


@cache
def fields(kind: type[Any]) -> Mapping[str, Field]:
    """Name → field of a record class, in order."""
    hints = get_type_hints(kind)
    return {
        name: Field(
            name, hints[name], default, record_of(hints[name]), _is_time(name, hints[name]), _is_map(hints[name])
        )
        for name, default in _defaults(kind)
    }


def _defaults(kind: type) -> list[tuple[str, Any]]:
    if dataclasses.is_dataclass(kind):
        return [(each.name, _default(each.default, each.default_factory)) for each in dataclasses.fields(kind)]
    if issubclass(kind, msgspec.Struct):
        return [(each.name, _default(each.default, each.default_factory)) for each in msgspec.structs.fields(kind)]
    given: Mapping[str, Any] = kind._field_defaults  # type: ignore[attr-defined]
    return [(name, given.get(name, MISSING)) for name in kind._fields]  # type: ignore[attr-defined]


def _default(value: Any, factory: Any) -> Any:
    none = (dataclasses.MISSING, msgspec.NODEFAULT)
    return value if value not in none else factory() if factory not in none else MISSING


def _is_time(name: str, hint: Any) -> bool:
    return (name in ("at", "clock_ms") or name.endswith("_at")) and (hint is int or int in get_args(hint))


def _is_map(hint: Any) -> bool:
    return get_origin(hint) in (dict, Mapping) or any(map(_is_map, get_args(hint)))


def record_of(hint: Any) -> type | None:
    """The record class that a type names, alone or in a list, tuple, map or union."""
    if isinstance(hint, type) and get_origin(hint) is None:
        return hint if _is_record(hint) else None
    if get_origin(hint) in (list, tuple, dict, set, frozenset, Mapping, Union, UnionType):
        return next((found for part in get_args(hint) if (found := record_of(part)) is not None), None)
    return None


def _is_record(kind: type) -> bool:
    return dataclasses.is_dataclass(kind) or issubclass(kind, msgspec.Struct) or _is_named_tuple(kind)


def _is_named_tuple(kind: type) -> bool:
    return issubclass(kind, tuple) and hasattr(kind, "_fields")


@cache
def positional(kind: type[Any]) -> bool:
    """Whether a record of the class is written as a list of its fields."""
    return _is_named_tuple(kind) or (issubclass(kind, msgspec.Struct) and kind.__struct_config__.array_like)


@cache
def collections() -> Mapping[str, type]:
    """Fields of ``Site`` that map ids to records → the class."""
    return {
        name: field.record
        for name, field in fields(Site).items()
        if field.record is not None and get_origin(field.hint) is dict
    }


def key_of(kind: type) -> str:
    """The field that a collection of such records is keyed by."""
    return "account_id" if "account_id" in fields(kind) else "id"
