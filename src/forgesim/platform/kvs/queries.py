"""What a query asks for, of plain keys and of an entity, and the cursors that it goes on with. Pure.

A cursor is opaque to an app. It holds for the installation, the conditions and the order that it was made for; Forge
says that it must be reused with the same ones, and not what it answers else: here ``BAD_REQUEST``. Ours too: which
documented code names which mistake of an entity query, and that an index is asked with all of its partition or refused.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, TypeVar

import msgspec

from forgesim.manifest.entities import BY_KEY, AttributeType, Entity, Index
from forgesim.platform.kvs import limits
from forgesim.platform.kvs.conditions import Filter, Range, check_scalar, filter_of, range_of
from forgesim.platform.kvs.entities import partition_text
from forgesim.platform.kvs.rows import Position
from forgesim.platform.kvs.rules import KvsError, metadata_fields

__all__ = ["EntityQuery", "Query", "entity_query_of", "query_of"]

Cursor = TypeVar("Cursor", tuple[str, str], tuple[str, str | int | float, str])
_Integer = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
_encode = msgspec.json.Encoder().encode


class Query(msgspec.Struct, frozen=True):
    """A query of plain keys: their beginning, page size, metadata members, and the key that the page starts after."""

    prefix: str
    limit: int
    fields: tuple[str, ...]
    after: str | None
    binding: str

    def cursor_after(self, key: str) -> str:
        """The cursor of the page that comes after ``key``."""
        return _written([self.binding, key])


class EntityQuery(msgspec.Struct, frozen=True):
    """A query of an entity: the index with its partition as JSON text (null: by key), the part of it, filters."""

    index: tuple[str, str] | None
    part: Range
    wanted: Filter | None
    descending: bool
    limit: int
    fields: tuple[str, ...]
    after: Position | None
    binding: str

    def cursor_after(self, position: Position) -> str:
        """The cursor of the page that comes after the row at ``position``."""
        return _written([self.binding, *position])


def query_of(data: Mapping[str, Any], installation: str) -> Query:
    """The query of plain keys that a body asks for."""
    prefix = _prefix(data.get("where"))
    binding = _binding([installation, prefix])
    limit = _limit(data.get("limit"), "LIST_QUERY_LIMIT_EXCEEDED", "BAD_REQUEST")
    after = _start(data.get("after"), binding, _plain_cursor)
    return Query(prefix, limit, metadata_fields(data), None if after is None else after[1], binding)


def entity_query_of(data: Mapping[str, Any], entity: Entity, installation: str) -> EntityQuery:
    """The query of an entity that a body asks for."""
    name = data.get("indexName")
    index = entity.index(name) if isinstance(name, str) else None
    if index is None and name != BY_KEY:
        raise KvsError(400, "INVALID_ENTITY_INDEX", f"indexName must be {BY_KEY} or an index of {entity.name}")
    partition = _partition(entity, index, data.get("partition"))
    kind: AttributeType = "string" if index is None else entity.attributes[index.range]
    part = range_of(kind, data.get("range"))
    wanted = filter_of(entity, data.get("filters"))
    sort = data.get("sort")
    if sort not in (None, "ASC", "DESC"):
        raise KvsError(400, "BAD_REQUEST", "sort is ASC or DESC")
    code = "COMPLEX_QUERY_PAGE_LIMIT_NOT_IN_RANGE"
    limit = _limit(data.get("limit"), code, code)
    asked = [installation, entity.name, name, partition, data.get("range"), data.get("filters"), sort == "DESC"]
    binding = _binding(asked)
    found = _start(data.get("cursor"), binding, _entity_cursor)
    return EntityQuery(
        index=None if index is None else (index.name, partition),
        part=part,
        wanted=wanted,
        descending=sort == "DESC",
        limit=limit,
        fields=metadata_fields(data),
        after=None if found is None else Position(found[1], found[2]),
        binding=binding,
    )


def _partition(entity: Entity, index: Index | None, values: object) -> str:
    """The partition as JSON text: one value for each of the index's partition attributes, in their order."""
    names = () if index is None else index.partition
    if values is None:
        values = []
    if not isinstance(values, list):
        raise KvsError(400, "INVALID_FILTER_VALUES", "partition must be a list")
    if len(values) != len(names):
        code = "INSUFFICIENT_FILTER_VALUES" if len(values) < len(names) else "INVALID_FILTER_VALUES"
        raise KvsError(400, code, f"partition must have {len(names)} values")
    checked = [check_scalar(entity.attributes[name], value) for name, value in zip(names, values, strict=True)]
    return "" if index is None else partition_text(entity, index, checked)


def _limit(limit: object, too_large: str, wrong: str) -> int:
    if limit is None:
        return limits.PAGE
    if isinstance(limit, bool) or not isinstance(limit, int) or limit < 1:
        raise KvsError(400, wrong, "limit must be an integer of at least 1")
    if limit > limits.MAX_PAGE:
        raise KvsError(400, too_large, f"limit must be at most {limits.MAX_PAGE}")
    return limit


def _prefix(where: object) -> str:
    if where is None or where == []:
        return ""
    if not isinstance(where, list) or len(where) != 1 or not isinstance(where[0], dict):
        raise KvsError(400, "QUERY_WHERE_INVALID", "where must be a list of one condition")
    condition = where[0]
    if condition.get("property") != "key":
        raise KvsError(400, "QUERY_WHERE_FIELD_INVALID", "A condition can be put on the property key only")
    if condition.get("condition") != "BEGINS_WITH":
        raise KvsError(400, "INVALID_FILTER_CONDITION", "The condition on a key is BEGINS_WITH")
    return _one_text(condition.get("values"))


def _one_text(values: object) -> str:
    if not isinstance(values, Sequence) or isinstance(values, str) or len(values) != 1:
        raise KvsError(400, "INVALID_FILTER_VALUES", "BEGINS_WITH takes one value")
    if not isinstance(values[0], str) or not values[0]:
        raise KvsError(400, "INVALID_FILTER_VALUES", "BEGINS_WITH takes a string that is not empty")
    return values[0]


# --- cursors -------------------------------------------------------------------------------------------------------


def _binding(asked: object) -> str:
    return hashlib.blake2b(_encode(asked), digest_size=9).hexdigest()


def _written(cursor: Sequence[object]) -> str:
    return base64.urlsafe_b64encode(_encode(cursor)).decode()


def _start(cursor: object, binding: str, form: msgspec.json.Decoder[Cursor]) -> Cursor | None:
    if cursor is None:
        return None
    try:
        found = form.decode(base64.b64decode(cursor, altchars=b"-_", validate=True))  # type: ignore[arg-type]
    except (TypeError, ValueError, msgspec.MsgspecError, RecursionError):
        raise KvsError(400, "BAD_REQUEST", "The cursor is not valid") from None
    if found[0] != binding:
        raise KvsError(400, "BAD_REQUEST", "The cursor belongs to another query")
    return found


_plain_cursor = msgspec.json.Decoder(tuple[str, str])
_entity_cursor: msgspec.json.Decoder[tuple[str, str | int | float, str]] = msgspec.json.Decoder(
    tuple[str, str | _Integer | float, str]
)
