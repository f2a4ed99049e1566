"""Conditions on attributes: the range of an index, filters of a query, conditions of a transaction. Pure.

Which condition takes which type is documented, and so is the 422 for an attribute of type ``any`` (its code is that of
other 422 answers, measured). Ours, for want of a source: which of the documented codes names which mistake;
``NOT_EQUAL_TO`` and ``NOT_CONTAINS`` hold where the attribute is absent, all others but ``NOT_EXISTS`` do not; strings
are compared by code point.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

import msgspec

from forgesim.manifest.entities import AttributeType, Entity
from forgesim.platform.kvs import limits
from forgesim.platform.kvs.entities import Scalar, is_of_type, stored
from forgesim.platform.kvs.rules import KvsError

__all__ = ["Condition", "Filter", "Range", "above", "check_scalar", "filter_of", "meets", "range_of"]

_TEXT: Final = frozenset({"string"})
_ORDERED: Final = frozenset({"string", "integer", "float"})
_EQUAL: Final = frozenset({"string", "integer", "float", "boolean"})
_RANGES: Final[Mapping[str, tuple[frozenset[str], int]]] = {
    "BEGINS_WITH": (_TEXT, 1),
    "BETWEEN": (_ORDERED, 2),
    "EQUAL_TO": (_EQUAL, 1),
    "GREATER_THAN": (_ORDERED, 1),
    "GREATER_THAN_EQUAL_TO": (_ORDERED, 1),
    "LESS_THAN": (_ORDERED, 1),
    "LESS_THAN_EQUAL_TO": (_ORDERED, 1),
}
"""Condition on a range → the types it takes, and how many values."""
_FILTERS: Final[Mapping[str, tuple[frozenset[str], int]]] = {
    **_RANGES,
    "CONTAINS": (_TEXT, 1),
    "NOT_CONTAINS": (_TEXT, 1),
    "NOT_EQUAL_TO": (_EQUAL, 1),
    "EXISTS": (_EQUAL, 1),
    "NOT_EXISTS": (_EQUAL, 1),
}
_HIGHEST: Final = 0x10FFFF


class Condition(msgspec.Struct, frozen=True):
    """One condition on an attribute, its values as they are compared."""

    attribute: str
    type: AttributeType
    name: str
    values: tuple[Scalar, ...]


class Filter(msgspec.Struct, frozen=True):
    """Conditions of which all or any have to hold."""

    join: Literal["and", "or"]
    conditions: tuple[Condition, ...]


class Range(msgspec.Struct, frozen=True):
    """Part of an index: from ``low`` to ``high``, which are outside where they are not ``closed``; null is no end."""

    low: Scalar | None = None
    high: Scalar | None = None
    low_closed: bool = True
    high_closed: bool = True


# --- reading -------------------------------------------------------------------------------------------------------


def range_of(kind: AttributeType, data: object) -> Range:
    """The part of an index that ``{condition, values}`` names on a range attribute of a type."""
    if data is None:
        return Range()
    if not isinstance(data, dict):
        raise KvsError(400, "INVALID_FILTER_CONDITION", "range must be an object of condition and values")
    name, values = _read(kind, data, _RANGES)
    match name:
        case "BEGINS_WITH":
            prefix = str(values[0])
            return Range(prefix, above(prefix), high_closed=False)
        case "BETWEEN":
            return Range(values[0], values[1])
        case "EQUAL_TO":
            return Range(values[0], values[0])
        case "GREATER_THAN":
            return Range(low=values[0], low_closed=False)
        case "GREATER_THAN_EQUAL_TO":
            return Range(low=values[0])
        case "LESS_THAN":
            return Range(high=values[0], high_closed=False)
        case _:
            return Range(high=values[0])


def above(prefix: str) -> str | None:
    """The first text in order that is over every text which begins with ``prefix``; null where there is none."""
    for at in range(len(prefix) - 1, -1, -1):
        code = ord(prefix[at])
        if code < _HIGHEST:
            following = 0xE000 if code == 0xD7FF else code + 1  # no text has a surrogate
            return prefix[:at] + chr(following)
    return None


def filter_of(entity: Entity, data: object) -> Filter | None:
    """The filter ``{and: […]}`` or ``{or: […]}`` of ``{property, condition, values}``; null where there is none."""
    if data is None:
        return None
    if not isinstance(data, dict):
        raise KvsError(400, "EMPTY_FILTER_OPERATOR", "A filter must be an object with and, or or")
    joins = [join for join in ("and", "or") if data.get(join) is not None]
    if len(joins) > 1:
        raise KvsError(400, "INVALID_FILTER_OPERATORS_COMBINATION", "and and or cannot be put together")
    listed = data[joins[0]] if joins else None
    if not isinstance(listed, list) or not listed:
        raise KvsError(400, "EMPTY_FILTER_OPERATOR", "A filter needs at least one condition")
    if len(listed) > limits.MAX_CONDITIONS:
        raise KvsError(400, "BAD_REQUEST", f"A filter may have {limits.MAX_CONDITIONS} conditions")
    conditions = tuple(_condition(entity, each) for each in listed)
    return Filter("and" if joins == ["and"] else "or", conditions)


def _condition(entity: Entity, data: object) -> Condition:
    if not isinstance(data, dict):
        raise KvsError(400, "INVALID_FILTER_CONDITION", "A condition must be an object")
    attribute = data.get("property")
    kind = entity.attributes.get(attribute) if isinstance(attribute, str) else None
    if kind is None or not isinstance(attribute, str):
        raise KvsError(400, "INVALID_ENTITY_ATTRIBUTE", f"A condition must be on an attribute of {entity.name}")
    name, values = _read(kind, data, _FILTERS)
    return Condition(attribute, kind, name, values)


def _read(
    kind: AttributeType, data: Mapping[str, Any], known: Mapping[str, tuple[frozenset[str], int]]
) -> tuple[str, tuple[Scalar, ...]]:
    """The name and the values of a condition on an attribute of a type."""
    name, values = data.get("condition"), data.get("values")
    if not isinstance(name, str) or name not in known:
        raise KvsError(400, "INVALID_FILTER_CONDITION", f"The condition is one of {', '.join(known)}")
    if kind == "any":
        raise KvsError(422, "UNPROCESSABLE_ENTITY", "A condition cannot be put on an attribute of type any")
    kinds, count = known[name]
    if kind not in kinds:
        raise KvsError(400, "INVALID_FILTER_CONDITION", f"{name} cannot be put on an attribute of type {kind}")
    if not isinstance(values, list):
        raise KvsError(400, "INVALID_FILTER_VALUES", "values must be a list")
    if len(values) < count:
        raise KvsError(400, "INSUFFICIENT_FILTER_VALUES", f"{name} takes {count} values")
    if len(values) > count:
        raise KvsError(400, "INVALID_FILTER_VALUES", f"{name} takes {count} values")
    if name in ("EXISTS", "NOT_EXISTS"):
        if values[0] is not True:
            raise KvsError(400, "INVALID_FILTER_VALUES", f"{name} takes the value true")
        return name, (True,)
    return name, tuple(check_scalar(kind, value) for value in values)


def check_scalar(kind: AttributeType, value: object) -> Scalar:
    """A value that an attribute of this type is compared with, as it is compared."""
    if kind == "any":
        raise KvsError(422, "UNPROCESSABLE_ENTITY", "An attribute of type any cannot be compared")
    if not isinstance(value, str | int | float) or not is_of_type(kind, value):
        raise KvsError(400, "INVALID_FILTER_VALUES", f"A value must be of type {kind}")
    return stored(kind, value)


# --- asking --------------------------------------------------------------------------------------------------------


def meets(wanted: Filter | None, value: Mapping[str, Any]) -> bool:
    """Whether a stored value meets a filter; every value meets none."""
    if wanted is None:
        return True
    found = (_holds(condition, value.get(condition.attribute)) for condition in wanted.conditions)
    return all(found) if wanted.join == "and" else any(found)


def _holds(condition: Condition, found: Any) -> bool:  # noqa: PLR0911 - one case a condition
    if condition.name in ("EXISTS", "NOT_EXISTS"):
        return (found is not None) is (condition.name == "EXISTS")
    if found is None or not is_of_type(condition.type, found):
        return condition.name in ("NOT_EQUAL_TO", "NOT_CONTAINS")
    value: Any = stored(condition.type, found)
    values: Sequence[Any] = condition.values
    match condition.name:
        case "BEGINS_WITH":
            return bool(value.startswith(values[0]))
        case "BETWEEN":
            return bool(values[0] <= value <= values[1])
        case "EQUAL_TO":
            return bool(value == values[0])
        case "NOT_EQUAL_TO":
            return bool(value != values[0])
        case "GREATER_THAN":
            return bool(value > values[0])
        case "GREATER_THAN_EQUAL_TO":
            return bool(value >= values[0])
        case "LESS_THAN":
            return bool(value < values[0])
        case "LESS_THAN_EQUAL_TO":
            return bool(value <= values[0])
        case "CONTAINS":
            return values[0] in value
        case _:
            return values[0] not in value
