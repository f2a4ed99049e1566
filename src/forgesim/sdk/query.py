"""Queries of the plain store and of custom entities. Mutable builders, as Forge's are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import msgspec

from forgesim.sdk.conditions import Condition, Filter
from forgesim.sdk.rpc import KeyValue, call, found

__all__ = ["EntityQuery", "Page", "Query"]


class Page(msgspec.Struct, frozen=True):
    """One page of results; ``next_cursor`` is None on the last. A page may be empty and still have a cursor."""

    results: list[KeyValue]
    next_cursor: str | None = None


class _Paged:
    """Limit, and the end of every query."""

    __slots__ = ("_body", "_cursor_name", "_metadata_fields", "_path")

    def __init__(self, path: str, cursor_name: str, metadata_fields: Sequence[str] | None) -> None:
        self._path = path
        self._cursor_name = cursor_name
        self._metadata_fields = metadata_fields
        self._body: dict[str, Any] = {}

    def limit(self, limit: int) -> Self:
        """At most this many results a page (1 to 100, 10 unless said)."""
        self._body["limit"] = limit
        return self

    def cursor(self, cursor: str | None) -> Self:
        """Continue where the page with this ``next_cursor`` ended; None begins at the start."""
        if cursor is not None:
            self._body[self._cursor_name] = cursor
        return self

    async def get_many(self) -> Page:
        """The next page. Raises ForgeKvsAPIError."""
        body = self._body
        if self._metadata_fields is not None:
            body = {**body, "options": {"metadataFields": list(self._metadata_fields)}}
        answer = await call(self._path, body)
        return Page([found(entry) for entry in answer["data"]], answer.get("cursor"))

    async def get_one(self) -> KeyValue | None:
        """The first result, None where there is none."""
        self._body["limit"] = 1
        page = await self.get_many()
        return page.results[0] if page.results else None


class Query(_Paged):
    """A query of the plain store, by the beginning of the key."""

    __slots__ = ()

    def __init__(self, metadata_fields: Sequence[str] | None = None) -> None:
        super().__init__("/api/v1/query", "after", metadata_fields)

    def where(self, field: str, condition: Condition) -> Query:
        """``field`` is ``"key"``, ``condition`` ``WhereConditions.begins_with(…)``."""
        clause = {"property": field, "condition": condition.condition, "values": condition.values}
        self._body.setdefault("where", []).append(clause)
        return self


class EntityQuery(_Paged):
    """A query of an entity by one of its indexes."""

    __slots__ = ()

    def __init__(self, entity: str, metadata_fields: Sequence[str] | None = None) -> None:
        super().__init__("/api/v1/entity/query", "cursor", metadata_fields)
        self._body["entityName"] = entity

    def index(self, name: str, *, partition: Sequence[Any] | None = None) -> EntityQuery:
        self._body["indexName"] = name
        if partition is not None:
            self._body["partition"] = list(partition)
        return self

    def where(self, condition: Condition) -> EntityQuery:
        """The range of the index."""
        self._body["range"] = {"condition": condition.condition, "values": condition.values}
        return self

    def filters(self, chosen: Filter) -> EntityQuery:
        """Conditions applied to each page after it is read."""
        self._body["filters"] = chosen.to_json()
        return self

    def sort(self, order: str) -> EntityQuery:
        """``ASC`` or ``DESC`` by the index's range value."""
        self._body["sort"] = order
        return self
