"""New spaces, and who may do what in a space."""

from __future__ import annotations

import re

from forgesim.ids import derive
from forgesim.products.confluence import serialise
from forgesim.products.confluence.call import Call, Result
from forgesim.products.confluence.errors import UnsupportedError, bad_request, not_found
from forgesim.products.confluence.events import space_event
from forgesim.products.confluence.paging import listing
from forgesim.products.confluence.world import World
from forgesim.site.access import ANONYMOUS, OPERATIONS, grants, is_known, may
from forgesim.site.groups import find_group
from forgesim.site.model import Page, Space

__all__ = ["create_space", "list_operations", "list_permissions", "operations_on", "permissions_of"]

MAX_NAME = 200
_KEY = re.compile(r"[A-Za-z0-9]{1,255}")
_NOT_EMULATED = ("roleAssignments", "copySpaceAccessConfiguration", "templateKey")


def create_space(world: World, call: Call) -> Result:
    """A space with a homepage. Everybody of the site may make one; a private one is its maker's alone."""
    if not is_known(world.site, call.account) or call.account is None:
        raise not_found()
    fields = call.fields("name")
    for each in _NOT_EMULATED:
        if fields.get(each) is not None:
            raise UnsupportedError(f"{call.operation.name} with {each}")
    name = fields["name"]
    if not isinstance(name, str) or not 0 < len(name.strip()) <= MAX_NAME:
        raise bad_request(f"'name' must be a string of 1 to {MAX_NAME} characters")
    private = fields.get("createPrivateSpace", False)
    if not isinstance(private, bool):
        raise bad_request("'createPrivateSpace' must be true or false")
    space = Space(
        id=world.new_id(),
        key=_new_key(world, fields.get("key") or fields.get("alias"), name),
        name=name.strip(),
        owner=call.account,
        created_at=call.now_ms,
        description=_described(call, fields.get("description")),
        viewers=[call.account] if private else None,
        editors=[call.account] if private else None,
    )
    world.site.spaces[space.id] = space
    _add_homepage(world, call, space, call.account)
    world.changed()
    call.happened.append(space_event(space, "created", call.now_ms, by=call.account))
    shown = serialise.space(space, "plain", icon=False)
    shown["_links"] = {"webui": f"/spaces/{space.key}", "base": world.base}
    return Result(payload=shown, reads=(f"space/{space.id}",), status=201)


def _new_key(world: World, given: object, name: str) -> str:
    """The key that is asked for; else one from the name. No other space may have it, in whatever case."""
    taken = {space.key.casefold() for space in world.site.spaces.values()}
    if given is not None:
        if not isinstance(given, str) or not _KEY.fullmatch(given):
            raise bad_request("'key' must be 1 to 255 letters and digits")
        if given.casefold() in taken:
            raise bad_request(f"A space already exists with key {given}")
        return given
    stem = "".join(re.findall(r"[A-Za-z0-9]", name))[:10].upper() or "SPACE"
    return next(
        key for key in (stem, *(f"{stem}{number}" for number in range(1, 10**6))) if key.casefold() not in taken
    )


def _described(call: Call, given: object) -> str:
    if given is None:
        return ""
    if not isinstance(given, dict) or not isinstance(given.get("value"), str):
        raise bad_request("'description' must have a value and a representation")
    if given.get("representation") not in (None, "plain"):
        raise UnsupportedError(f"{call.operation.name} with a description that is not plain")
    return str(given["value"])


def _add_homepage(world: World, call: Call, space: Space, author: str) -> None:
    page = Page(
        id=world.new_id(),
        space_id=space.id,
        title=f"{space.name} Home",
        body="",
        author=author,
        owner=author,
        created_at=call.now_ms,
        updated_at=call.now_ms,
        updated_by=author,
    )
    world.site.pages[page.id] = page
    world.added(page)
    space.homepage_id = page.id


def operations_on(world: World, call: Call, space: Space) -> list[dict[str, str]]:
    """What the caller may do in a space."""
    may_all = [each for each in OPERATIONS if may(world.site, call.account, each, space)]
    return [dict(zip(("operation", "targetType"), each.split(":"), strict=True)) for each in may_all]


def list_operations(world: World, call: Call) -> Result:
    space = world.space(call.account, call.id("id"))
    return Result(payload={"operations": operations_on(world, call, space)}, reads=(f"space/{space.id}",))


def permissions_of(world: World, space: Space) -> list[dict[str, object]]:
    """Who is granted what. What those may do who have not logged in has no place in this list."""
    found: list[dict[str, object]] = []
    for operation, name in grants(world.site, space):
        if name == ANONYMOUS:
            continue
        kind, id_ = "user", name
        if name.startswith("group:"):
            group = find_group(world.site, name.removeprefix("group:"))
            kind, id_ = "group", name.removeprefix("group:") if group is None else group.id
        key, target = operation.split(":")
        found.append(
            {
                "id": str(derive("permission", space.id, operation, name) % 10**9),
                "principal": {"type": kind, "id": id_},
                "operation": {"key": key, "targetType": target},
            }
        )
    return found


def list_permissions(world: World, call: Call) -> Result:
    space = world.space(call.account, call.id("id"))
    return listing(
        call,
        world.base,
        permissions_of(world, space),
        ident=lambda each: str(each["id"]),
        show=lambda each: each,
        reads=lambda _: f"space/{space.id}",
    )
