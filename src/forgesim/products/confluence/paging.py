"""Cursor paging of REST v2: opaque cursors that belong to one query, and the link to the next page.

A cursor names the item that was shown last and its place. It holds no content, so it reads the same on a twin
site. When that item is gone, its place tells where to go on.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from typing import TypeVar
from urllib.parse import quote, urlencode

import msgspec

from forgesim.ids import derive
from forgesim.products.confluence.call import Call, Result
from forgesim.products.confluence.errors import bad_request

__all__ = ["collection", "listing", "ordered", "start_place", "url_after"]

T = TypeVar("T")
Sorts = dict[str, Callable[[T], object]]


class _Cursor(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    query: int
    last: str
    place: int


def ordered(call: Call, items: Sequence[T], sorts: Sorts[T], default: str | None = None) -> Sequence[T]:
    """``items`` by the ``sort`` parameter, which is a key of ``sorts`` with or without ``-``. Equals keep
    their order.
    """
    wanted = call.choice("sort", [sign + key for key in sorts for sign in ("", "-")]) or default
    if wanted is None:
        return items
    key = sorts[wanted.removeprefix("-")]
    return sorted(items, key=key, reverse=wanted.startswith("-"))  # type: ignore[arg-type]


def listing(
    call: Call,
    base: str,
    items: Sequence[T],
    *,
    ident: Callable[[T], str],
    show: Callable[[T], object],
    reads: Callable[[T], str],
    wanted: Callable[[T], bool] = lambda _: True,
) -> Result:
    """One page of ``items``: those that are ``wanted``, from the cursor on, at most ``limit``.

    ``wanted`` is asked only for items that the page reaches. ``ident`` tells items apart. A cursor of another
    query and a limit out of range are a 400.
    """
    paging = call.operation.paging
    default, most = (paging[1] or 25, paging[2] or 250) if paging else (25, 250)
    limit = call.number("limit", default, 1, most)
    shown: list[T] = []
    links: dict[str, str] = {"base": base}
    headers: tuple[tuple[str, str], ...] = ()
    last = 0
    for place in range(start_place(call, items, ident), len(items)):
        item = items[place]
        if not wanted(item):
            continue
        if len(shown) == limit:
            after = url_after(call, ident(shown[-1]), last)
            links = {"next": after, "base": base}
            headers = (("link", f'<{after}>; rel="next", <{base}>; rel="base"'),)
            break
        shown.append(item)
        last = place
    payload = {"results": [show(item) for item in shown], "_links": links}
    return Result(payload=payload, reads=tuple(dict.fromkeys(map(reads, shown))), headers=headers)


def collection(self_url: str, items: Sequence[object]) -> dict[str, object]:
    """The sub-collection that an ``include-*`` parameter asks for: the first 50 and whether there are more."""
    return {"results": list(items[:50]), "meta": {"hasMore": len(items) > 50}, "_links": {"self": self_url}}


def start_place(call: Call, items: Sequence[T], ident: Callable[[T], str]) -> int:
    """Where the page that ``cursor`` asks for starts. Raises a 400 for a cursor of another query."""
    text = call.one("cursor")
    if text is None:
        return 0
    cursor = _decoded(text)
    if cursor is None or cursor.query != _fingerprint(call) or cursor.place < -1:
        raise bad_request("'cursor' does not belong to this query")
    if -1 < cursor.place < len(items) and ident(items[cursor.place]) == cursor.last:
        return cursor.place + 1
    return next((at + 1 for at, item in enumerate(items) if ident(item) == cursor.last), max(cursor.place, 0))


def _fingerprint(call: Call) -> int:
    """What a cursor belongs to: the operation and its parameters but for those that say which page is meant."""
    kept = [pair for pair in call.query if pair[0] not in ("cursor", "limit", "start")]
    return derive(call.operation.name, sorted(call.params.items()), kept) >> 1


def url_after(call: Call, last: str, place: int) -> str:
    """The call's path and query for the page after the item ``last`` at ``place``; -1 is before the first."""
    path = call.operation.path
    for name, value in call.params.items():
        path = path.replace(f"{{{name}}}", quote(value, safe=""))
    cursor = _Cursor(_fingerprint(call), last, place)
    token = base64.urlsafe_b64encode(msgspec.json.encode(cursor)).decode().rstrip("=")
    pairs = [pair for pair in call.query if pair[0] not in ("cursor", "start")]
    return f"{path}?{urlencode([*pairs, ('cursor', token)])}"


def _decoded(text: str) -> _Cursor | None:
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        return msgspec.json.decode(raw, type=_Cursor)
    except ValueError:
        return None
