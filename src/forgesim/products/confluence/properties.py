"""Content properties of pages, blog posts, comments, attachments and spaces: what apps keep there, by key and id."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from forgesim.clock import iso_utc
from forgesim.ids import derive
from forgesim.products.confluence import serialise
from forgesim.products.confluence.call import Call, Result, version_message
from forgesim.products.confluence.errors import Refused, bad_request, forbidden, not_found
from forgesim.products.confluence.held import held
from forgesim.products.confluence.paging import listing, ordered
from forgesim.products.confluence.world import Stamp, World
from forgesim.site.access import may_attach, may_comment
from forgesim.site.model import Attachment, Comment, Page, Space

__all__ = [
    "create_property",
    "delete_property",
    "get_property",
    "list_properties",
    "properties_of",
    "space_properties",
    "update_property",
]

MAX_KEY = 255
"""Characters of a property's key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Holder:
    """What the properties of a call belong to. ``save`` puts others in place of ``values``."""

    ref: str
    values: Mapping[str, object]
    author: str
    at: int
    editable: bool
    save: Callable[[dict[str, object]], None]

    @property
    def of_space(self) -> bool:
        return self.ref.startswith("space/")


def _holder(world: World, call: Call) -> _Holder:
    if "space-id" in call.params:
        space = world.space(call.account, call.id("space-id"))
        return _space_holder(space, world.administers(call.account, space))
    if "comment-id" in call.params:
        page, comment = world.any_comment(call.account, call.id("comment-id"))
        writes = comment.author == call.account and may_comment(world.site, call.account, page)
        return _holder_of(world, page, comment, editable=writes)
    if "attachment-id" in call.params:
        page, file = world.attachment(call.account, call.params["attachment-id"])
        return _holder_of(world, page, file, editable=may_attach(world.site, call.account, page))
    page = held(world, call)
    return _holder_of(world, page, page, editable=world.edits(call.account, page))


def _holder_of(world: World, page: Page, of: Page | Comment | Attachment, *, editable: bool) -> _Holder:
    def save(values: dict[str, object]) -> None:
        if isinstance(of, Attachment):
            world.replace_file(page, replace(of, properties=values))
        else:
            of.properties = values

    kind = "page" if isinstance(of, Page) else "comment" if isinstance(of, Comment) else "attachment"
    return _Holder(
        ref=f"{kind}/{of.id}",
        values=of.properties,
        author=of.author,
        at=of.created_at,
        editable=editable,
        save=save,
    )


def _space_holder(space: Space, editable: bool) -> _Holder:
    def save(values: dict[str, object]) -> None:
        space.properties = values

    return _Holder(
        ref=f"space/{space.id}",
        values=space.properties,
        author=space.owner or "",
        at=space.created_at,
        editable=editable,
        save=save,
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


def properties_of(world: World, page: Page, of: Page | Comment | Attachment) -> list[dict[str, object]]:
    """All properties of a page, or of something on it, by key."""
    holder = _holder_of(world, page, of, editable=False)
    return [_shown(world, holder, key) for key in sorted(holder.values)]


def space_properties(world: World, space: Space) -> list[dict[str, object]]:
    """All properties of a space, by key."""
    holder = _space_holder(space, False)
    return [_shown(world, holder, key) for key in sorted(holder.values)]


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
    return _store(world, call, holder, key, fields["value"], number, version_message(given))


def delete_property(world: World, call: Call) -> Result:
    holder = _holder(world, call)
    key = _key_of(world, holder, call.id("property-id"))
    _require_edit(holder)
    holder.save({name: value for name, value in holder.values.items() if name != key})
    world.stamps.pop((holder.ref, key), None)
    return Result(payload=None, status=204)


def _store(
    world: World, call: Call, holder: _Holder, key: str, value: object, number: int, message: str = ""
) -> Result:
    old = _stamp(world, holder, key)
    holder.save({**holder.values, key: value})
    world.stamps[holder.ref, key] = Stamp(
        id=old.id,
        number=number,
        at=call.now_ms,
        author=call.account or "",
        created_at=call.now_ms if number == 1 else old.created_at,
        message=message,
    )
    shown = _shown(world, replace(holder, values={key: value}), key)
    return Result(payload=shown, reads=(holder.ref,), status=201 if holder.of_space and number == 1 else 200)


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
