"""What a custom entity may hold, and where a value stands in its indexes. Pure: no rows are looked at here.

Measured codes (reported from a live site, 2026-10-09): an undeclared entity is ``SCHEMA_NOT_FOUND``, a value of another
type ``INCORRECT_PROPERTY_TYPE``. Ours, for want of a source: a float out of its range, a float with too many digits and
a blank string are ``INCORRECT_PROPERTY_TYPE`` too; attributes may be left out; a row without an index's range or one of
its partition attributes is not in that index, nor is one whose value there is of type ``any``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from forgesim.manifest.entities import AttributeType, Entity, Index
from forgesim.platform.kvs import limits
from forgesim.platform.kvs.rules import KvsError

__all__ = ["Entry", "Scalar", "check_entity", "check_value", "entries_of", "is_of_type", "partition_text", "stored"]

Scalar = str | int | float | bool

_NAME = re.compile(r"[a-z0-9:_.-]+")
_MOST_BYTES = 4  # of a character in UTF-8
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(list[Scalar]).decode


class Entry(NamedTuple):
    """Where a row stands in an index: the index's name, its partition as JSON text, and its range value."""

    name: str
    partition: str
    at: Scalar


def check_entity(name: object, declared: Mapping[str, Entity]) -> Entity:
    """The declared entity of this name."""
    shortest, longest = limits.ENTITY_NAME
    if not isinstance(name, str):
        raise KvsError(400, "INVALID_ENTITY_TYPE", "entityName must be a string")
    if len(name) < shortest:
        raise KvsError(400, "ENTITY_TYPE_TOO_SHORT", f"entityName must have at least {shortest} characters")
    if len(name) > longest:
        raise KvsError(400, "ENTITY_TYPE_TOO_LARGE", f"entityName must have at most {longest} characters")
    if _NAME.fullmatch(name) is None:
        raise KvsError(400, "INVALID_ENTITY_TYPE", "entityName may have a-z 0-9 : - _ and . only")
    if name not in declared:
        raise KvsError(404, "SCHEMA_NOT_FOUND", f"There is no entity {name}")
    return declared[name]


def check_value(entity: Entity, value: object) -> None:
    """Whether the value is an object of declared attributes, each of its type, that fits every index."""
    if not isinstance(value, dict):
        raise KvsError(400, "INVALID_ENTITY_VALUE", "The value of an entity must be an object")
    for name, part in value.items():
        kind = entity.attributes.get(name)
        if kind is None:
            raise KvsError(400, "INVALID_ENTITY_ATTRIBUTE", f"{entity.name} has no attribute {_short(name)}")
        if not is_of_type(kind, part):
            raise KvsError(400, "INCORRECT_PROPERTY_TYPE", f"{name} must be of type {kind}")
    for entry in entries_of(entity, value):
        if isinstance(entry.at, str) and len(entry.at.encode()) > limits.MAX_RANGE_BYTES:
            text = f"The range value of {entry.name} may have {limits.MAX_RANGE_BYTES} bytes"
            raise KvsError(400, "INVALID_ENTITY_VALUE", text)
        if _partition_bytes(entry.partition) > limits.MAX_PARTITION_BYTES:
            text = f"The partition of {entry.name} may have {limits.MAX_PARTITION_BYTES} bytes"
            raise KvsError(400, "INVALID_ENTITY_VALUE", text)


def _partition_bytes(partition: str) -> int:
    """Bytes of the values of a partition, of texts without quotes and escapes. JSON text is never shorter."""
    if len(partition) <= limits.MAX_PARTITION_BYTES // _MOST_BYTES:
        return len(partition)
    return sum(len(each.encode()) if isinstance(each, str) else len(_encode(each)) for each in _decode(partition))


def is_of_type(kind: AttributeType, value: object) -> bool:
    """Whether a JSON value is of an attribute's type. A whole number is a float too: JavaScript writes 5 for 5.0."""
    if kind == "any":
        return True
    if isinstance(value, bool):
        return kind == "boolean"
    match kind:
        case "string":
            return isinstance(value, str) and bool(value.strip())
        case "integer":
            least, most = limits.INTEGER
            return isinstance(value, int) and least <= value <= most
        case "float":
            return isinstance(value, int | float) and _is_float(value)
        case "boolean":
            return False


def _is_float(value: float) -> bool:
    """0, or of a size that the platform keeps, with no more digits than it keeps."""
    least, most = limits.FLOAT
    digits = str(abs(value)).strip("0") if isinstance(value, int) and abs(value) < 10**130 else ""
    return value == 0 or (least <= abs(value) <= most and len(digits) <= limits.FLOAT_DIGITS)


def stored(kind: AttributeType, value: Scalar) -> Scalar:
    """A value as the index compares it: floats as floats, so that 5 and 5.0 are one, and 0.0 and -0.0."""
    return float(value) + 0.0 if kind == "float" else value


def entries_of(entity: Entity, value: object) -> Iterator[Entry]:
    """Where a value stands in the indexes of its entity. A value that is none of the entity's stands nowhere."""
    if not isinstance(value, dict):
        return
    told: set[str] = set()
    for index in entity.indexes:
        if index.name in told:
            continue
        told.add(index.name)
        found = [_indexed(entity, name, value) for name in (*index.partition, index.range)]
        *partition, last = found
        if last is not None and None not in partition:
            yield Entry(index.name, _text(partition), last)


def _indexed(entity: Entity, name: str, value: Mapping[str, Any]) -> Scalar | None:
    kind, part = entity.attributes.get(name, "any"), value.get(name)
    if kind == "any" or part is None or not is_of_type(kind, part):
        return None
    return stored(kind, part)


def partition_text(entity: Entity, index: Index, values: Sequence[Scalar]) -> str:
    """The partition that values name, in the order of the index's declaration."""
    kinds = (entity.attributes[name] for name in index.partition)
    return _text([stored(kind, value) for kind, value in zip(kinds, values, strict=True)])


def _text(values: Sequence[object]) -> str:
    return _encode(values).decode()


def _short(name: str) -> str:
    return name if len(name) <= limits.ENTITY_NAME[1] else f"with a name of {len(name)} characters"
