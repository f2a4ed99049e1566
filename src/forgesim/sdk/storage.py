"""``kvs``: Forge's key-value store, secrets and custom entities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from forgesim.sdk.batch import BatchResult, Transaction, batch
from forgesim.sdk.query import EntityQuery, Query
from forgesim.sdk.rpc import KeyValue, call, found, wanted

__all__ = ["EntityStore", "Kvs", "kvs"]


def _options(metadata_fields: Sequence[str] | None) -> dict[str, Any]:
    return {} if metadata_fields is None else {"options": {"metadataFields": list(metadata_fields)}}


async def _get(path: str, body: dict[str, Any], metadata_fields: Sequence[str] | None) -> Any:
    answer = await call(path, {**body, **_options(metadata_fields)}, missing_is_none=True)
    if answer is None:
        return None
    if not isinstance(answer, dict):
        answer = {}
    return answer.get("value") if metadata_fields is None else found(answer)


def _set_options(
    ttl: Mapping[str, Any] | None,
    key_policy: str | None,
    return_value: str | None,
    return_metadata_fields: Sequence[str] | None,
) -> dict[str, Any]:
    options = {
        "ttl": ttl,
        "keyPolicy": key_policy,
        "returnValue": return_value,
        "returnMetadataFields": None if return_metadata_fields is None else list(return_metadata_fields),
    }
    return {name: option for name, option in options.items() if option is not None}


class _Writes:
    """The writes that the plain store and an entity share; ``_prefix`` and ``_base`` say which of them it is."""

    __slots__ = ("_base", "_prefix")

    def __init__(self, prefix: str, base: dict[str, Any]) -> None:
        self._prefix = prefix
        self._base = base

    async def get(self, key: str, *, metadata_fields: Sequence[str] | None = None) -> Any:
        """The value stored under ``key``, None where there is none.

        With ``metadata_fields`` (CREATED_AT, UPDATED_AT, EXPIRE_TIME) a KeyValue. Raises ForgeKvsAPIError.
        """
        return await _get(f"{self._prefix}/get", {**self._base, "key": key}, metadata_fields)

    async def set(
        self,
        key: str,
        value: Any,
        *,
        ttl: Mapping[str, Any] | None = None,
        key_policy: str | None = None,
        return_value: str | None = None,
        return_metadata_fields: Sequence[str] | None = None,
    ) -> KeyValue | None:
        """Store a JSON value. ``ttl`` is ``{"value": 7, "unit": "DAYS"}``, ``key_policy`` OVERRIDE or FAIL_IF_EXISTS.

        With ``return_value`` (PREVIOUS or LATEST) the KeyValue, else None. Raises ForgeKvsAPIError.
        """
        body = {**self._base, "key": key, "value": value}
        if ttl or key_policy or return_value or return_metadata_fields is not None:
            body["options"] = _set_options(ttl, key_policy, return_value, return_metadata_fields)
        answer = await call(f"{self._prefix}/set", body, empty_is_fine=True)
        if return_value is None or not isinstance(answer, dict):
            return None
        return wanted(answer, return_metadata_fields or ())

    async def delete(self, key: str) -> None:
        """Remove ``key``; a missing one is no error. Raises ForgeKvsAPIError."""
        await call(f"{self._prefix}/delete", {**self._base, "key": key}, missing_is_none=True, empty_is_fine=True)


class EntityStore(_Writes):
    """One custom entity, declared in the manifest."""

    __slots__ = ()

    def __init__(self, name: str) -> None:
        super().__init__("/api/v1/entity", {"entityName": name})

    def query(self, *, metadata_fields: Sequence[str] | None = None) -> EntityQuery:
        return EntityQuery(self._base["entityName"], metadata_fields)


_SECRETS = _Writes("/api/v1/secret", {})


class Kvs(_Writes):
    """What ``@forge/kvs`` offers. Keys of values, secrets and entities are separate."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__("/api/v1", {})

    async def get_secret(self, key: str, *, metadata_fields: Sequence[str] | None = None) -> Any:
        """As ``get``, from the secrets, which queries do not list."""
        return await _SECRETS.get(key, metadata_fields=metadata_fields)

    async def set_secret(
        self,
        key: str,
        value: Any,
        *,
        ttl: Mapping[str, Any] | None = None,
        key_policy: str | None = None,
        return_value: str | None = None,
        return_metadata_fields: Sequence[str] | None = None,
    ) -> KeyValue | None:
        """As ``set``, into the secrets."""
        return await _SECRETS.set(
            key,
            value,
            ttl=ttl,
            key_policy=key_policy,
            return_value=return_value,
            return_metadata_fields=return_metadata_fields,
        )

    async def delete_secret(self, key: str) -> None:
        await _SECRETS.delete(key)

    def query(self, *, metadata_fields: Sequence[str] | None = None) -> Query:
        """Keys in order: ``kvs.query().where("key", WhereConditions.begins_with("a:")).limit(20).get_many()``."""
        return Query(metadata_fields)

    def entity(self, name: str) -> EntityStore:
        return EntityStore(name)

    def transact(self) -> Transaction:
        """Writes that happen together or not at all, on ``execute()``."""
        return Transaction()

    async def batch_get(self, items: Sequence[Mapping[str, Any]]) -> BatchResult:
        """Up to 25 of ``{"key": …, "entityName"?: …}``. Raises ForgeKvsAPIError where the whole batch is refused."""
        return await batch("get", items)

    async def batch_set(self, items: Sequence[Mapping[str, Any]]) -> BatchResult:
        """Up to 25 of ``{"key": …, "value": …, "entityName"?: …, "options"?: {"ttl": …}}``."""
        return await batch("set", items)

    async def batch_delete(self, items: Sequence[Mapping[str, Any]]) -> BatchResult:
        """Up to 25 of ``{"key": …, "entityName"?: …}``."""
        return await batch("delete", items)


kvs = Kvs()
