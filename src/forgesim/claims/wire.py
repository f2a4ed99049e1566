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
    "Request",
    "Write",
    "body_text",
    "canonical",
    "host_of",
    "is_ttl",
    "request_of",
    "scheme_of",
    "strict_json",
    "writes_of",
]

_PROPERTY_FIELDS = frozenset({"key", "value", "version", "id"})
_ITEM_FIELDS = frozenset({"key", "value", "entityName", "options", "conditions"})
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
    if isinstance(body, dict) and "key" not in body and body.keys() & {"set", "delete", "check"}:
        items = body.get("set") or []
    for item in items if isinstance(items, list) else [items]:
        if not isinstance(item, dict) or not isinstance(item.get("key"), str):
            yield Write(place, crossing.decided.target, item, crossing, "the request has no key")
            continue
        entity = item.get("entityName")
        where = f"entity {entity}" if isinstance(entity, str) else place
        wrong = _besides(item)
        yield Write(where, item["key"], item.get("value") if wrong is None else item, crossing, wrong)


def _besides(item: Mapping[str, Any]) -> str | None:
    """What an item carries beside its key and value that storing it does not need, or nothing."""
    if more := [name for name in item if name not in _ITEM_FIELDS]:
        return f"beside key and value it carries {_short(more[0])}"
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
