"""Conditions of storage queries: ``WhereConditions`` for an index range, ``FilterConditions`` and ``Filter``."""

from __future__ import annotations

from typing import Any

import msgspec

from forgesim.sdk.errors import ForgeKvsError

__all__ = ["Condition", "Filter", "FilterConditions", "WhereConditions"]


class Condition(msgspec.Struct, frozen=True):
    """One comparison: ``{condition, values}`` on the wire."""

    condition: str
    values: list[Any]


class WhereConditions:
    """Comparisons of an index's range value, or of the key in a plain query (``begins_with`` only)."""

    @staticmethod
    def begins_with(value: str) -> Condition:
        return Condition("BEGINS_WITH", [value])

    @staticmethod
    def between(first: Any, second: Any) -> Condition:
        return Condition("BETWEEN", [first, second])

    @staticmethod
    def equal_to(value: Any) -> Condition:
        return Condition("EQUAL_TO", [value])

    @staticmethod
    def greater_than(value: Any) -> Condition:
        return Condition("GREATER_THAN", [value])

    @staticmethod
    def greater_than_equal_to(value: Any) -> Condition:
        return Condition("GREATER_THAN_EQUAL_TO", [value])

    @staticmethod
    def less_than(value: Any) -> Condition:
        return Condition("LESS_THAN", [value])

    @staticmethod
    def less_than_equal_to(value: Any) -> Condition:
        return Condition("LESS_THAN_EQUAL_TO", [value])


class FilterConditions(WhereConditions):
    """Comparisons of any indexed attribute of an entity."""

    @staticmethod
    def not_equal_to(value: Any) -> Condition:
        return Condition("NOT_EQUAL_TO", [value])

    @staticmethod
    def contains(value: str) -> Condition:
        return Condition("CONTAINS", [value])

    @staticmethod
    def not_contains(value: str) -> Condition:
        return Condition("NOT_CONTAINS", [value])

    @staticmethod
    def exists() -> Condition:
        return Condition("EXISTS", [True])

    @staticmethod
    def not_exists() -> Condition:
        return Condition("NOT_EXISTS", [True])


class Filter:
    """Conditions joined by ``and_`` or by ``or_``; the two do not mix. Mutable, as Forge's is."""

    __slots__ = ("_conditions", "_join")

    def __init__(self) -> None:
        self._join: str | None = None
        self._conditions: list[dict[str, Any]] = []

    def and_(self, attribute: str, condition: Condition) -> Filter:
        return self._add("and", attribute, condition)

    def or_(self, attribute: str, condition: Condition) -> Filter:
        return self._add("or", attribute, condition)

    def _add(self, join: str, attribute: str, condition: Condition) -> Filter:
        if self._join not in (None, join):
            raise ForgeKvsError("a filter joins its conditions by and_ or by or_, not by both")
        self._join = join
        self._conditions.append({"property": attribute, "condition": condition.condition, "values": condition.values})
        return self

    def to_json(self) -> dict[str, Any]:
        """``{"and": […]}`` or ``{"or": […]}``. Raises ForgeKvsError where no condition is set."""
        if self._join is None:
            raise ForgeKvsError("Builder must have at least one condition set")
        return {self._join: list(self._conditions)}
