"""Several keys in one storage call: batches, item by item, and transactions, all or nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from forgesim.sdk.conditions import Filter
from forgesim.sdk.rpc import call

__all__ = ["BatchResult", "Transaction", "batch"]


class BatchResult(msgspec.Struct, frozen=True):
    """Wire JSON of the items that passed and of those that did not, each of these with ``error: {code, message}``."""

    successful_keys: list[dict[str, Any]]
    failed_keys: list[dict[str, Any]]


async def batch(verb: str, items: Sequence[Mapping[str, Any]]) -> BatchResult:
    """One batch call; ``verb`` is get, set or delete. Raises ForgeKvsAPIError where all of it is refused."""
    answer = await call(f"/api/v1/batch/{verb}", [dict(item) for item in items])
    return BatchResult(answer.get("successfulKeys", []), answer.get("failedKeys", []))


class Transaction:
    """Up to 25 operations, each key once. Nothing is sent before ``execute()``."""

    __slots__ = ("_checks", "_deletes", "_sets")

    def __init__(self) -> None:
        self._sets: list[dict[str, Any]] = []
        self._deletes: list[dict[str, Any]] = []
        self._checks: list[dict[str, Any]] = []

    def set(
        self,
        key: str,
        value: Any,
        *,
        entity_name: str | None = None,
        conditions: Filter | None = None,
        ttl: Mapping[str, Any] | None = None,
    ) -> Transaction:
        item = _item({"key": key, "value": value}, entity_name, conditions)
        if ttl is not None:
            item["options"] = {"ttl": ttl}
        self._sets.append(item)
        return self

    def delete(
        self,
        key: str,
        *,
        entity_name: str | None = None,
        conditions: Filter | None = None,
    ) -> Transaction:
        self._deletes.append(_item({"key": key}, entity_name, conditions))
        return self

    def check(self, key: str, *, entity_name: str, conditions: Filter) -> Transaction:
        """Let the transaction pass only while the stored entity meets ``conditions``."""
        self._checks.append(_item({"key": key}, entity_name, conditions))
        return self

    async def execute(self) -> None:
        """Do it. Raises ForgeKvsAPIError, CONDITIONAL_CHECK_FAILED among its codes; then nothing was written."""
        parts = {"set": self._sets, "delete": self._deletes, "check": self._checks}
        await call("/api/v1/transaction", {name: items for name, items in parts.items() if items}, empty_is_fine=True)


def _item(item: dict[str, Any], entity_name: str | None, conditions: Filter | None) -> dict[str, Any]:
    if entity_name is not None:
        item["entityName"] = entity_name
    if conditions is not None:
        item["conditions"] = conditions.to_json()
    return item
