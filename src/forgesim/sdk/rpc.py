"""One storage call: JSON POST, JSON answer, and the errors of the storage client."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from forgesim.sdk.errors import ForgeKvsAPIError, ResponseDetails
from forgesim.sdk.fetch import Init, forge_fetch
from forgesim.sdk.response import Response
from forgesim.sdk.wire import decode, encode

__all__ = ["KeyValue", "call", "found", "wanted"]

_DESCRIPTOR = {"type": "kvs", "provider": "app", "remote": "kvs"}
_HEADERS = [("content-type", "application/json")]
_METADATA = {"CREATED_AT": "createdAt", "UPDATED_AT": "updatedAt", "EXPIRE_TIME": "expireTime"}


class KeyValue(msgspec.Struct, frozen=True):
    """A stored entry. Times in epoch milliseconds, ``expire_time`` as ISO text; None where not asked for."""

    key: str | None
    value: Any
    created_at: int | None = None
    updated_at: int | None = None
    expire_time: str | None = None


def found(entry: Mapping[str, Any]) -> KeyValue:
    """The entry as the service wrote it."""
    return KeyValue(
        entry.get("key"),
        entry.get("value"),
        entry.get("createdAt"),
        entry.get("updatedAt"),
        entry.get("expireTime"),
    )


def wanted(entry: Mapping[str, Any], fields: Sequence[str]) -> KeyValue:
    """The entry with no more metadata than ``fields`` ask for."""
    keep = {"key", "value", *(_METADATA.get(field, field) for field in fields)}
    return found({name: value for name, value in entry.items() if name in keep})


async def call(
    path: str,
    body: Any,
    *,
    missing_is_none: bool = False,
    empty_is_fine: bool = False,
) -> Any:
    """The answer's JSON; None for a missing key or an empty body where that is allowed. Raises ForgeKvsAPIError."""
    response = await forge_fetch(_DESCRIPTOR, path, Init("POST", _HEADERS, encode(body)))
    data = await response.bytes()
    if 200 <= response.status < 300:
        if empty_is_fine and not data:
            return None
        try:
            return decode(data)
        except ValueError:
            raise _error(response, path, data, None) from None
    try:
        answer = decode(data)
    except ValueError:
        answer = None
    if missing_is_none and isinstance(answer, dict) and answer.get("code") == "KEY_NOT_FOUND":
        return None
    raise _error(response, path, data, answer)


def _error(response: Response, path: str, data: bytes, answer: Any) -> ForgeKvsAPIError:
    headers = response.headers
    details = ResponseDetails(
        response.status,
        response.status_text,
        headers.get("x-b3-traceid") or headers.get("x-trace-id"),
        "POST",
        path,
        len(data),
    )
    if isinstance(answer, dict) and isinstance(answer.get("code"), str) and isinstance(answer.get("message"), str):
        nested = answer.get("context")
        context = dict(nested) if isinstance(nested, dict) else {}
        context.update({k: v for k, v in answer.items() if k not in ("code", "message", "context")})
        return ForgeKvsAPIError(answer["code"], answer["message"], context, details)
    return ForgeKvsAPIError("UNKNOWN_ERROR", f"unexpected answer with status {response.status}", {}, details)
