"""The pages of Jira: by offset, and by a token that belongs to one query (Atlassian's REST API documents).

A token names the item that was shown last and its place. It holds no content, so it reads the same on a twin site.
When that item is gone, its place tells where to go on.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from typing import TypeVar
from urllib.parse import quote, urlencode

import msgspec

from forgesim.ids import derive
from forgesim.products.jira.call import Call
from forgesim.products.jira.errors import bad_request
from forgesim.products.jira.world import World

__all__ = ["offset_page", "token_page"]

T = TypeVar("T")


class _Token(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    query: int
    last: str
    place: int


def offset_page(
    world: World, call: Call, items: Sequence[T], show: Callable[[T], object], *, size: int = 50, most: int = 50,
    links: bool = True, total: bool = True,
) -> dict[str, object]:  # fmt: skip
    """``startAt``/``maxResults`` and ``values``; ``maxResults`` of the answer is the value in force."""
    start, count = call.number("startAt", 0), call.number("maxResults", size, most)
    chosen = items[start : start + count]
    last = start + count >= len(items)
    found: dict[str, object] = {}
    if links:
        found["self"] = _url(world, call, start, count)
        if not last:
            found["nextPage"] = _url(world, call, start + count, count)
    found |= {"maxResults": count, "startAt": start}
    if total:
        found["total"] = len(items)
    return found | {"isLast": last, "values": [show(each) for each in chosen]}


def _url(world: World, call: Call, start: int, count: int) -> str:
    path = call.operation.path
    for name, value in call.params.items():
        path = path.replace(f"{{{name}}}", quote(value, safe=""))
    kept = [pair for pair in call.query if pair[0] not in ("startAt", "maxResults")]
    return f"{world.base}{path}?{urlencode([('maxResults', count), *kept, ('startAt', start)])}"


def token_page(
    items: Sequence[T], *, token: str | None, count: int, belongs: object, ident: Callable[[T], str]
) -> tuple[Sequence[T], str | None]:
    """The items after ``token``, at most ``count``, and the token of the next page, None on the last.

    ``belongs`` is what a token is bound to; one of another query is a 400.
    """
    query = derive("jira-token", belongs) >> 1
    start = 0 if token is None else _start(token, query, items, ident)
    chosen = items[start : start + count]
    after = start + len(chosen)
    if not chosen or after >= len(items):
        return chosen, None
    packed = msgspec.json.encode(_Token(query, ident(chosen[-1]), after - 1))
    return chosen, base64.urlsafe_b64encode(packed).decode().rstrip("=")


def _start(token: str, query: int, items: Sequence[T], ident: Callable[[T], str]) -> int:
    try:
        raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        found = msgspec.json.decode(raw, type=_Token)
    except (ValueError, msgspec.DecodeError):
        found = None
    if found is None or found.query != query or found.place < 0:
        raise bad_request("The provided next page token is invalid or expired.")
    if found.place < len(items) and ident(items[found.place]) == found.last:
        return found.place + 1
    return next((at + 1 for at, item in enumerate(items) if ident(item) == found.last), found.place)
