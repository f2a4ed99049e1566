"""Cursor paging of REST v2: opaque cursors that belong to one query, and the link to the next page.

A cursor names the item that was shown last and counts the items shown so far. It holds no content, so it reads the
same on a twin site, and nothing of what its caller may not see. When that item is gone, the count tells where to go on.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from itertools import islice
from typing import TypeVar
from urllib.parse import quote, urlencode

import msgspec

from forgesim.ids import derive
from forgesim.products.confluence.call import Call, Result
from forgesim.products.confluence.errors import bad_request

__all__ = ["INCLUDED", "collection", "listing", "ordered", "start_place", "url_after"]

INCLUDED = 50
"""Items of a sub-collection that an ``include-*`` parameter asks for."""

T = TypeVar("T")
Sorts = dict[str, Callable[[T], object]]


class _Cursor(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    query: int
    last: str
    shown: int


def ordered(
    call: Call, items: Sequence[T], sorts: Sorts[T], default: str | None = None, *, presorted: str | None = None
) -> Sequence[T]:
    """``items`` by the ``sort`` parameter, which is a key of ``sorts`` with or without ``-``. Equals keep
    their order. ``presorted`` names the key that they are in the order of, so that it costs nothing.
    """
    wanted = call.choice("sort", [sign + key for key in sorts for sign in ("", "-")]) or default
    if wanted is None or wanted == presorted:
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
    last, start, before = 0, *_start(call, items, ident, wanted)
    for place in range(start, len(items)):
        item = items[place]
        if not wanted(item):
            continue
        if len(shown) == limit:
            call.places[_fingerprint(call), ident(shown[-1])] = last
            after = url_after(call, ident(shown[-1]), before + limit)
            links = {"next": after, "base": base}
            headers = (("link", f'<{after}>; rel="next", <{base}>; rel="base"'),)
            break
        shown.append(item)
        last = place
    payload = {"results": [show(item) for item in shown], "_links": links}
    return Result(payload=payload, reads=tuple(dict.fromkeys(map(reads, shown))), headers=headers)


def collection(self_url: str, items: Sequence[object]) -> dict[str, object]:
    """The sub-collection that an ``include-*`` parameter asks for: its beginning, and whether there is more."""
    more = len(items) > INCLUDED
    return {"results": list(items[:INCLUDED]), "meta": {"hasMore": more}, "_links": {"self": self_url}}


def start_place(call: Call, items: Sequence[T], ident: Callable[[T], str]) -> int:
    """Where among ``items``, all of which may be shown, the page that ``cursor`` asks for starts. Raises a 400 for a
    cursor of another query."""
    return _start(call, items, ident, lambda _: True)[0]


def _start(call: Call, items: Sequence[T], ident: Callable[[T], str], wanted: Callable[[T], bool]) -> tuple[int, int]:
    """Where the page begins, and how many items were shown before it."""
    text = call.one("cursor")
    if text is None:
        return 0, 0
    cursor = _decoded(text)
    if cursor is None or cursor.query != _fingerprint(call) or cursor.shown < 0:
        raise bad_request("'cursor' does not belong to this query")
    if cursor.shown == 0:
        return 0, 0
    place = call.places.get((cursor.query, cursor.last), len(items))
    if place < len(items) and ident(items[place]) == cursor.last:
        return place + 1, cursor.shown
    found = next((at + 1 for at, item in enumerate(items) if ident(item) == cursor.last), None)
    if found is not None:
        return found, cursor.shown
    left = islice((at for at, item in enumerate(items) if wanted(item)), cursor.shown - 1, None)
    return next(left, len(items)), cursor.shown - 1


def _fingerprint(call: Call) -> int:
    """What a cursor belongs to: the operation and its parameters but for those that say which page is meant."""
    kept = [pair for pair in call.query if pair[0] not in ("cursor", "limit", "start")]
    return derive(call.operation.name, sorted(call.params.items()), kept) >> 1


def url_after(call: Call, last: str, shown: int) -> str:
    """The call's path and query for the page after the item ``last``, the ``shown``-th; the 0th is before the first."""
    path = call.operation.path
    for name, value in call.params.items():
        path = path.replace(f"{{{name}}}", quote(value, safe=""))
    cursor = _Cursor(_fingerprint(call), last, shown)
    token = base64.urlsafe_b64encode(msgspec.json.encode(cursor)).decode().rstrip("=")
    pairs = [pair for pair in call.query if pair[0] not in ("cursor", "start")]
    return f"{path}?{urlencode([*pairs, ('cursor', token)])}"


def _decoded(text: str) -> _Cursor | None:
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        return msgspec.json.decode(raw, type=_Cursor)
    except ValueError:
        return None
