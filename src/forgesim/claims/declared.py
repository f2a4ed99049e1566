"""Comparing what crossed with what trust.yml declares: stored values, requests, hosts."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode

import msgspec

from forgesim.claims.wire import Request, Write, host_of, strict_json
from forgesim.counted import counted
from forgesim.ledger.records import StoredRow
from forgesim.manifest.model import Send, Store, Trust
from forgesim.manifest.types import (
    Content,
    Fields,
    Maybe,
    Setting,
    Type,
    World,
    has_content,
    mismatch,
    text_mismatch,
)

__all__ = [
    "FREE_BITS", "FREE_HEADERS", "SPELLING_BITS", "answer_problem", "covers_host", "declared_hosts", "host_pattern",
    "request_problem", "row_problem", "sends_to", "spellings", "write_problem",
]  # fmt: skip

_JSON = frozenset({"application/json", "application/json; charset=utf-8", "application/json;charset=utf-8"})
_ACCEPT = frozenset({"*/*", "application/json", "application/json, text/plain, */*"})
_ENCODINGS = frozenset({"gzip", "gzip, deflate", "gzip, deflate, br", "identity"})
_TYPES = _JSON | {
    "text/plain", "text/plain;charset=UTF-8", "text/plain; charset=utf-8", "text/html; charset=utf-8",
    "application/octet-stream", "application/x-www-form-urlencoded",
}  # fmt: skip

FREE_HEADERS = frozenset({"accept", "accept-encoding", "connection", "content-length", "content-type", "host"})
"""Headers that any request may have, once each and with the values that programs give them; any other
header, and any other value, is declared."""

FREE_BITS = math.log2((len(_ACCEPT) + 1) * (len(_ENCODINGS) + 1) * (len(_TYPES) + 1) * math.factorial(3))
"""At most what the free headers carry: values, absence and order of those three that the platform hands on as they
are. It writes the others itself."""

DAY_MS = 86_400_000
_SAFE = "/:?@!$'()*,;~"
"""Characters that a query may have as they are (WHATWG), besides letters, digits and ``-._``."""
_DATE = re.compile(r"\d{4}-\d\d-\d\d")


# --- storage -------------------------------------------------------------------------------------------------------


def write_problem(write: Write, stores: Sequence[Store], world: World) -> str | None:
    """Why a write is none that trust.yml declares, or ``None`` where it is one."""
    return write.wrong or _stored_problem(write.place, write.key, write.value, stores, world)


def row_problem(row: StoredRow, text: str, stores: Sequence[Store], world: World) -> str | None:
    """The same for a row at rest, whose value is JSON text."""
    try:
        value = strict_json(text)
    except (ValueError, RecursionError) as error:
        return f"the row cannot be read: {error}"
    return _stored_problem(row.store, row.key, value, stores, world)


def _stored_problem(place: str, key: str, value: Any, stores: Sequence[Store], world: World) -> str | None:
    here = [store for store in stores if store.place == place]
    if not here:
        return f"trust.yml declares nothing in {place}"
    fitting = [store for store in here if store.key.fits(key)]
    if not fitting:
        return f"the key {_short(key)} has none of the declared forms: {', '.join(s.key.text for s in here)}"
    store = fitting[0]
    reason = store.key.match(key, _narrowed(world, key))
    if reason is not None:
        return f"the key {_short(key)}: {reason}"
    return mismatch(store.value, value, world)


def _narrowed(world: World, key: str) -> World:
    """The part of the world that a key can speak of: matching tries every id and day at every place."""
    ids = {
        kind: frozenset(i for i in known if i in key or i.replace(":", ".") in key) for kind, known in world.ids.items()
    }
    dated = _DATE.search(key) is not None
    return World(ids=ids, now_ms=world.now_ms, times=_day_starts(world.times) if dated else frozenset())


def _day_starts(times: frozenset[int]) -> frozenset[int]:
    return frozenset(at_ms - at_ms % DAY_MS for at_ms in times)


def _short(text: str) -> str:
    return repr(text) if len(text) <= 40 else f"of {len(text):,} characters"


# --- hosts ---------------------------------------------------------------------------------------------------------


def declared_hosts(trust: Trust) -> dict[str, str]:
    """Host or pattern → the subprocessor that it belongs to."""
    return {
        host_pattern(host): subprocessor.name for subprocessor in trust.subprocessors for host in subprocessor.hosts
    }


def host_pattern(address: str) -> str:
    """The host of a manifest address (``https://a.example/path``, ``*.a.example``, ``*``) in lower case."""
    if "://" in address and "*" not in address:
        return host_of(address) or address.lower()
    bare = address.lower().split("://", 1)[-1].split("/", 1)[0]
    return bare.rsplit(":", 1)[0] if bare.rpartition(":")[2].isdigit() else bare


def covers_host(patterns: Iterable[str], host: str) -> bool:
    """Whether one of the declared hosts is this host, or a ``*.`` pattern above it."""
    if not host:
        return False
    return any(
        pattern in ("*", host) or (pattern.startswith("*.") and host.endswith(pattern[1:])) for pattern in patterns
    )


def sends_to(trust: Trust, host: str) -> list[Send]:
    """The requests that may be sent to a host."""
    return [
        trust.sends[name]
        for subprocessor in trust.subprocessors
        if covers_host(map(host_pattern, subprocessor.hosts), host)
        for name in subprocessor.receives
        if name in trust.sends
    ]


# --- requests ------------------------------------------------------------------------------------------------------


def request_problem(request: Request, send: Send, world: World) -> str | None:
    """Why a request is not the declared one: method, path, query, headers, body in that order."""
    own = _own_headers(request, send.headers)
    return (
        text_mismatch(send.method, request.method, world, "method")
        or text_mismatch(send.path, request.path, world, "path")
        or _pairs_problem("query", request.query, send.query, world)
        or _spelling_problem(request, send.query)
        or _pairs_problem("headers", own, send.headers, world)
        or _body_problem(request.body, send.body, world)
    )


def answer_problem(answer: Request, declared: Send, world: World) -> str | None:
    """The same for what a web trigger answers: status, headers, body, which may be a text as it is or a JSON value."""
    own = _own_headers(answer, declared.headers)
    return (
        text_mismatch(declared.method, answer.method, world, "status")
        or _pairs_problem("headers", own, declared.headers, world)
        or _text_or_json_problem(answer.body, declared.body, world)
    )


def _text_or_json_problem(body: str, type: Type | None, world: World) -> str | None:  # noqa: A002
    if type is not None and body and text_mismatch(type, body, world, "body") is None:
        return None
    return _body_problem(body, type, world)


def _own_headers(request: Request, declared: Type | None) -> list[tuple[str, str]]:
    """The headers that have to be declared: all but the free ones with a value that any program gives them."""
    names = {name.lower() for name in declared.fields} if isinstance(declared, Fields) else set()
    own: list[tuple[str, str]] = []
    seen: set[str] = set()
    for name, value in ((name.lower(), value) for name, value in request.headers):
        if name in names or name in seen or name not in FREE_HEADERS or not _is_usual(name, value, request):
            own.append((name, value))
        seen.add(name)
    return own


def _is_usual(name: str, value: str, request: Request) -> bool:
    match name:
        case "accept":
            return value in _ACCEPT
        case "accept-encoding":
            return value in _ENCODINGS
        case "connection":
            return value in ("keep-alive", "close")
        case "content-type":
            return value in _TYPES
        case "content-length":
            body = request.crossing.decided.body
            return value == str(body.size if body is not None else 0)
        case _:
            return value == request.host


def _spelling_problem(request: Request, type: Type | None) -> str | None:  # noqa: A002
    """Percent escapes that nothing needs, and empty pairs, are room for a message."""
    if type is not None and has_content(type):
        return None
    pairs = list(request.query)
    plain = (urlencode(pairs), urlencode(pairs, quote_via=quote), urlencode(pairs, safe=_SAFE, quote_via=quote))
    return None if request.search in plain else "query: is not spelled plainly"


def _pairs_problem(
    part: str,
    pairs: Sequence[tuple[str, str]],
    type: Type | None,  # noqa: A002
    world: World,
) -> str | None:
    match type:
        case Content():
            return None
        case Maybe(of):
            return _pairs_problem(part, pairs, of, world) if pairs else None
        case Fields(fields):
            return _fields_problem(part, pairs, {name.lower() if part == "headers" else name: of
                                                 for name, of in fields.items()}, world)  # fmt: skip
        case _:
            return f"{part}: {pairs[0][0]!r} is not declared" if pairs else None


def _fields_problem(
    part: str, pairs: Sequence[tuple[str, str]], fields: Mapping[str, Type], world: World
) -> str | None:
    seen: set[str] = set()
    for name, value in pairs:
        if name not in fields:
            return f"{part}: {_short(name)} is not declared"
        if name in seen:
            return f"{part}.{name}: is given twice"
        seen.add(name)
        found = text_mismatch(fields[name], value, world, f"{part}.{name}")
        if found:
            return found
    missing = [name for name, of in fields.items() if name not in seen and not isinstance(of, Maybe)]
    return f"{part}.{missing[0]}: is missing" if missing else None


def _body_problem(body: str, type: Type | None, world: World) -> str | None:  # noqa: A002
    if type is None:
        return f"body: {counted(len(body), 'character')} where nothing is declared" if body else None
    if not body:
        return None if isinstance(type, Maybe) else "body: is missing"
    try:
        value = strict_json(body)
    except (ValueError, RecursionError) as error:
        if isinstance(type, Content | Setting):
            return mismatch(type, body, world, "body")
        return f"body: is no JSON value: {error}"
    found = mismatch(type, value, world, "body")
    if found is None and not has_content(type) and body not in spellings(value):
        return "body: is not spelled plainly: blanks, escapes or digits that nothing needs could carry a message"
    return found


def spellings(value: Any) -> tuple[str, ...]:
    """How programs write a JSON value: tight or with a blank, letters as they are or escaped. Its order of fields
    and its numbers stay."""
    forms = [
        json.dumps(value, separators=separators, ensure_ascii=escaped)
        for separators in ((",", ":"), (", ", ": "))
        for escaped in (False, True)
    ]
    return (*forms, msgspec.json.encode(value).decode())


SPELLING_BITS = math.log2(5)
"""What the choice of a spelling carries."""
