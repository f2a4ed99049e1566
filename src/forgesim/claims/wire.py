"""Reading recorded requests: what is written to storage, and what is sent to a host."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote

from forgesim import weburl
from forgesim.claims.queued import queued
from forgesim.ledger.read import Crossing
from forgesim.ledger.records import Body

__all__ = [
    "BATCHES",
    "Request",
    "Write",
    "body_text",
    "canonical",
    "host_of",
    "is_ttl",
    "passed_of",
    "request_of",
    "scheme_of",
    "strict_json",
    "writes_of",
]

_PROPERTY_FIELDS = frozenset({"key", "value", "version", "id"})
BATCHES = frozenset({"/api/v1/batch/get", "/api/v1/batch/set", "/api/v1/batch/delete"})
"""Storage calls that answer item by item."""

_TOGETHER = frozenset({"set", "delete", "check"})
_PLAIN = frozenset({"/api/v1/set", "/api/v1/secret/set"})
_ITEM_FIELDS = frozenset({"key", "value", "entityName", "options", "conditions"})
_CONDITION_FIELDS = frozenset({"property", "condition", "values"})
_OPTIONS: Mapping[str, frozenset[str]] = {
    "keyPolicy": frozenset({"OVERRIDE", "FAIL_IF_EXISTS"}),
    "returnValue": frozenset({"PREVIOUS", "LATEST"}),
}
_METADATA = frozenset({"CREATED_AT", "UPDATED_AT", "EXPIRE_TIME"})
_UNITS = frozenset({"SECONDS", "MINUTES", "HOURS", "DAYS"})


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
    search: str = ""
    """The query as it is spelled, without its question mark."""


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
        return str(weburl.parse(url).hostname).removesuffix(".")
    except ValueError:
        return ""


def scheme_of(url: str) -> str:
    """The scheme that a browser would use, without its colon, or nothing where the text is no absolute URL."""
    try:
        return str(weburl.parse(url).protocol).removesuffix(":")
    except ValueError:
        return ""


def request_of(crossing: Crossing) -> Request:
    """An egress crossing in its parts."""
    asked = crossing.decided
    path, query = "", ""
    try:
        parsed = weburl.parse(asked.target)
    except ValueError:
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
        search=query,
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
    elif asked.channel == "queue":
        for each in queued(asked.verb, asked.target, body, asked.at):
            yield Write("queue", each.key, each.value, crossing, each.wrong)
    else:
        yield from _stored(place, body, crossing)


def _place(channel: str) -> str:
    return "kvs" if channel == "entity" else channel


def _stored(place: str, body: Any, crossing: Crossing) -> Iterator[Write]:
    """``set`` (one item), ``batch/set`` (a list), ``transaction`` (``set``, ``delete`` and ``check``)."""
    items: Any = body
    if isinstance(body, dict) and "key" not in body and body.keys() & _TOGETHER:
        items = body.get("set") or []
        if more := [name for name in body if name not in _TOGETHER]:
            told = f"beside its operations it carries {_short(more[0])}"
            yield Write(place, crossing.decided.target, body, crossing, told)
    for item in items if isinstance(items, list) else [items]:
        if not isinstance(item, dict) or not isinstance(item.get("key"), str):
            yield Write(place, crossing.decided.target, item, crossing, "the request has no key")
            continue
        entity = item.get("entityName")
        where = f"entity {entity}" if isinstance(entity, str) else place
        wrong = _misnamed(item, crossing) or _besides(item, crossing)
        yield Write(where, item["key"], item.get("value") if wrong is None else item, crossing, wrong)


def _misnamed(item: Mapping[str, Any], crossing: Crossing) -> str | None:
    """Why the platform takes an item for none of the entity that it names, or of none that it names."""
    named, op = "entityName" in item, crossing.decided.op
    if named and op in _PLAIN:
        return "beside key and value it carries 'entityName'"
    if named and item["entityName"] is not None and not isinstance(item["entityName"], str):
        return "its entityName is no text"
    if crossing.decided.channel == "entity" and not isinstance(item.get("entityName"), str):
        return "it names no entity"
    return None


def _besides(item: Mapping[str, Any], crossing: Crossing) -> str | None:
    """What an item carries beside its key and value that storing it does not need, or nothing."""
    if more := [name for name in item if name not in _ITEM_FIELDS]:
        return f"beside key and value it carries {_short(more[0])}"
    if item.get("conditions") is not None and not _are_conditions(item["conditions"], crossing):
        return "its conditions are none that storing takes"
    options = item.get("options")
    if options is None:
        return None
    if not isinstance(options, dict):
        return "its options are no map"
    for name, option in options.items():
        match name:
            case "ttl":
                fits = is_ttl(option)
            case "returnMetadataFields":
                fits = isinstance(option, list) and len(set(map(str, option)) & _METADATA) == len(option)
            case _:
                fits = isinstance(option, str) and option in _OPTIONS.get(name, ())
        if not fits:
            return f"its option {_short(name)} is none that storing takes"
    return None


def _are_conditions(conditions: Any, crossing: Crossing) -> bool:
    """Conditions of a transaction's item, and nothing beside them. What a value is compared with is not stored."""
    if crossing.decided.op in _PLAIN | BATCHES or not isinstance(conditions, dict) or len(conditions) != 1:
        return False
    join, listed = next(iter(conditions.items()))
    return (
        join in ("and", "or")
        and isinstance(listed, list)
        and all(isinstance(each, dict) and each.keys() == _CONDITION_FIELDS for each in listed)
    )


def passed_of(text: str) -> list[Mapping[str, Any]]:
    """The items that passed, of the answer of a batch."""
    try:
        told = strict_json(text)
    except (ValueError, RecursionError):
        return []
    listed = told.get("successfulKeys") if isinstance(told, dict) else None
    return [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []


def is_ttl(ttl: Any) -> bool:
    """Whether this is a life that a row may be given: a number and a unit, nothing else."""
    if not isinstance(ttl, dict) or ttl.keys() != {"value", "unit"}:
        return False
    amount = ttl["value"]
    return ttl["unit"] in _UNITS and isinstance(amount, int | float) and not isinstance(amount, bool)


def _property(target: str, body: Any, crossing: Crossing) -> Write:
    """A content or app property: the key is in the body or the last segment of the path."""
    path = target.split("?", 1)[0]
    last = unquote(path.rstrip("/").rsplit("/", 1)[-1])
    if not isinstance(body, dict) or "value" not in body or not body.keys() <= _PROPERTY_FIELDS:
        return Write("property", last, body, crossing)
    wrong = None
    version = body.get("version")
    if version is not None and not (isinstance(version, dict) and version.keys() <= {"number"}):
        wrong = "its version carries more than a number"
    elif str(body.get("id", last)) != last:
        wrong = "its id is not that of the path"
    return Write("property", str(body.get("key", last)), body if wrong else body["value"], crossing, wrong)


def _short(name: str) -> str:
    return repr(name) if len(name) <= 40 else f"a member with a name of {len(name):,} characters"
