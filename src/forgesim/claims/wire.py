"""Reading recorded requests: what is written to storage, and what is sent to a host."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote

import can_ada

from forgesim.ledger.read import Crossing
from forgesim.ledger.records import Body

__all__ = ["Request", "Write", "body_text", "canonical", "host_of", "request_of", "strict_json", "writes_of"]

_PROPERTY_FIELDS = frozenset({"key", "value", "version", "id"})


@dataclass(frozen=True, slots=True)
class Write:
    """One value that the app asked to store. ``wrong`` says why the request could not be read as one."""

    place: str
    key: str
    value: Any
    crossing: Crossing
    wrong: str | None = None

    @property
    def text(self) -> str:
        """The value as JSON text."""
        return json.dumps(self.value, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Request:
    """One hop to a host, its URL parsed as browsers do; ``host`` is empty where it is no URL."""

    method: str
    url: str
    host: str
    path: str
    query: Sequence[tuple[str, str]]
    headers: Sequence[tuple[str, str]]
    body: str
    crossing: Crossing


def strict_json(text: str) -> Any:
    """A JSON value without repeated names, which readers resolve differently. Raises ValueError."""
    return json.loads(text, object_pairs_hook=_unique, parse_constant=_no_constant)


def canonical(value: Any) -> str:
    """One spelling for equal JSON values, whatever the order of their fields."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise ValueError("a field is written twice")
    return fields


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


def body_text(body: Body | None) -> str:
    """A recorded body as text; bytes that are no UTF-8 one character a byte; empty where only a digest is kept."""
    if body is None:
        return ""
    if body.text is not None:
        return body.text
    return base64.b64decode(body.base64 or "").decode("latin-1")


def host_of(url: str) -> str:
    """The host that a browser would connect to, or nothing where the text is no absolute URL."""
    try:
        return str(can_ada.parse(url).hostname).removesuffix(".")
    except (ValueError, TypeError):
        return ""


def request_of(crossing: Crossing) -> Request:
    """An egress crossing in its parts."""
    asked = crossing.decided
    path, query = "", ""
    try:
        parsed = can_ada.parse(asked.target)
    except (ValueError, TypeError):
        pass
    else:
        path, query = str(parsed.pathname), str(parsed.search)[1:]
    return Request(
        method=asked.verb,
        url=asked.target,
        host=host_of(asked.target),
        path=path,
        query=parse_qsl(query, keep_blank_values=True),
        headers=asked.headers,
        body=body_text(asked.body),
        crossing=crossing,
    )


def writes_of(crossing: Crossing) -> Iterator[Write]:
    """What a crossing on a storage channel asks to store; deletions store nothing."""
    asked = crossing.decided
    if not asked.writes or asked.verb.lower() == "delete":
        return
    if asked.body is not None and asked.body.digest is not None:
        return
    place = _place(asked.channel)
    try:
        body = strict_json(body_text(asked.body))
    except (ValueError, RecursionError) as error:
        yield Write(place, asked.target, body_text(asked.body), crossing, f"the request cannot be read: {error}")
        return
    if asked.channel == "property":
        yield _property(asked.target, body, crossing)
    else:
        yield from _stored(place, body, crossing)


def _place(channel: str) -> str:
    return "kvs" if channel == "entity" else channel


def _stored(place: str, body: Any, crossing: Crossing) -> Iterator[Write]:
    """``set`` (one item), ``batch/set`` (a list), ``transaction`` (``set``, ``delete`` and ``check``)."""
    items: Any = body
    if isinstance(body, dict) and "key" not in body and body.keys() & {"set", "delete", "check"}:
        items = body.get("set") or []
    for item in items if isinstance(items, list) else [items]:
        if not isinstance(item, dict) or not isinstance(item.get("key"), str):
            yield Write(place, crossing.decided.target, item, crossing, "the request has no key")
            continue
        entity = item.get("entityName")
        where = f"entity {entity}" if isinstance(entity, str) else place
        yield Write(where, item["key"], item.get("value"), crossing)


def _property(target: str, body: Any, crossing: Crossing) -> Write:
    """A content or app property: the key is in the body or the last segment of the path."""
    path = target.split("?", 1)[0]
    key, value = unquote(path.rstrip("/").rsplit("/", 1)[-1]), body
    if isinstance(body, dict) and "value" in body and body.keys() <= _PROPERTY_FIELDS:
        key, value = str(body.get("key", key)), body["value"]
    return Write("property", key, value, crossing)
