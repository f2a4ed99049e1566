"""Content properties of pages and spaces: what apps keep there, read and written by key and by id."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from forgesim.clock import iso_utc
from forgesim.ids import derive
from forgesim.products.confluence import serialise
from forgesim.products.confluence.call import Call, Result
from forgesim.products.confluence.errors import Refused, bad_request, forbidden, not_found
from forgesim.products.confluence.paging import listing, ordered
from forgesim.products.confluence.world import Stamp, World
from forgesim.site.model import Page, Space

__all__ = [
    "create_property",
    "delete_property",
    "get_property",
    "list_properties",
    "page_properties",
    "update_property",
]

MAX_KEY = 255
"""Characters of a property's key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Holder:
    """The page or space that the properties of a call belong to."""

    ref: str
    values: dict[str, object]
    author: str
    at: int
    editable: bool
    of_space: bool


def _holder(world: World, call: Call) -> _Holder:
    if "space-id" in call.params:
        space = world.space(call.account, call.id("space-id"))
        return _space_holder(space, world.administers(call.account, space))
    page = world.page(call.account, call.id("page-id"))
    return _page_holder(page, world.edits(call.account, page))


def _page_holder(page: Page, editable: bool) -> _Holder:
    return _Holder(
        ref=f"page/{page.id}",
        values=page.properties,
        author=page.author,
        at=page.created_at,
        editable=editable,
        of_space=False,
    )


def _space_holder(space: Space, editable: bool) -> _Holder:
    return _Holder(
        ref=f"space/{space.id}",
        values=space.properties,
        author=space.owner or "",
        at=space.created_at,
        editable=editable,
        of_space=True,
    )


def _stamp(world: World, holder: _Holder, key: str) -> Stamp:
    """The version of a property; one that the site came with is at version 1."""
    id_ = str(derive("property", holder.ref, key) % 10**12)
    fresh = Stamp(id=id_, number=1, at=holder.at, author=holder.author, created_at=holder.at)
    return world.stamps.get((holder.ref, key), fresh)


def _shown(world: World, holder: _Holder, key: str) -> dict[str, object]:
    stamp = _stamp(world, holder, key)
    found = serialise.content_property(key, holder.values[key], stamp)
    if not holder.of_space:
        return found
    now = {"number": stamp.number, "createdAt": iso_utc(stamp.at), "createdBy": stamp.author}
    author = holder.author if stamp.number > 1 else stamp.author
    return found | {
        "createdAt": iso_utc(stamp.created_at),
        "createdBy": author,
        "version": now | {"message": stamp.message},
    }


def page_properties(world: World, page: Page) -> list[dict[str, object]]:
    """All properties of a page, by key."""
    holder = _page_holder(page, False)
    return [_shown(world, holder, key) for key in sorted(page.properties)]


def list_properties(world: World, call: Call) -> Result:
    holder = _holder(world, call)
    wanted = call.one("key")
    keys = [key for key in sorted(holder.values) if wanted in (None, key)]
    by_key: dict[str, Callable[[str], object]] = {"key": str}
    return listing(
        call,
        world.base,
        keys if holder.of_space else ordered(call, keys, by_key),
        ident=lambda key: _stamp(world, holder, key).id,
        show=lambda key: _shown(world, holder, key),
        reads=lambda _: holder.ref,
    )


def get_property(world: World, call: Call) -> Result:
    holder = _holder(world, call)
    key = _key_of(world, holder, call.id("property-id"))
    return Result(payload=_shown(world, holder, key), reads=(holder.ref,))


def create_property(world: World, call: Call) -> Result:
    holder = _holder(world, call)
    fields = _fields(holder, call)
    key = fields["key"]
    if key in holder.values:
        raise Refused(409, f"A property with the key '{key}' exists already")
    return _store(world, call, holder, key, fields["value"], 1)


def update_property(world: World, call: Call) -> Result:
    holder = _holder(world, call)
    key = _key_of(world, holder, call.id("property-id"))
    fields = _fields(holder, call)
    if fields["key"] != key:
        raise bad_request("'key' must stay the same")
    given = fields.get("version")
    number = given.get("number") if isinstance(given, dict) else None
    current = _stamp(world, holder, key).number
    if type(number) is not int:
        raise bad_request("'version.number' is required in the body")
    if number != current + 1:
        raise Refused(409, f"The next version is {current + 1}, not {number}")
    message = given.get("message") if isinstance(given, dict) else None
    return _store(world, call, holder, key, fields["value"], number, str(message or ""))


def delete_property(world: World, call: Call) -> Result:
    holder = _holder(world, call)
    key = _key_of(world, holder, call.id("property-id"))
    _require_edit(holder)
    del holder.values[key]
    world.stamps.pop((holder.ref, key), None)
    return Result(payload=None, status=204)


def _store(
    world: World, call: Call, holder: _Holder, key: str, value: object, number: int, message: str = ""
) -> Result:
    old = _stamp(world, holder, key)
    holder.values[key] = value
    world.stamps[holder.ref, key] = Stamp(
        id=old.id,
        number=number,
        at=call.now_ms,
        author=call.account or "",
        created_at=call.now_ms if number == 1 else old.created_at,
        message=message,
    )
    return Result(payload=_shown(world, holder, key), reads=(holder.ref,))


def _fields(holder: _Holder, call: Call) -> dict[str, Any]:
    """The body of a write: a key and any JSON as value."""
    _require_edit(holder)
    fields = call.fields("key")
    key = fields["key"]
    if not isinstance(key, str) or not 0 < len(key) <= MAX_KEY:
        raise bad_request(f"'key' must be a string of 1 to {MAX_KEY} characters")
    if "value" not in fields:
        raise bad_request("'value' is required in the body")
    return fields


def _require_edit(holder: _Holder) -> None:
    if not holder.editable:
        raise forbidden()


def _key_of(world: World, holder: _Holder, id_: str) -> str:
    keys: Sequence[str] = [key for key in holder.values if _stamp(world, holder, key).id == id_]
    if not keys:
        raise not_found()
    return keys[0]
