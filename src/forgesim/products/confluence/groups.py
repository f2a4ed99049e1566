"""Groups and who belongs to them, and people in bulk: v1."""

from __future__ import annotations

from collections.abc import Sequence

from forgesim.products.confluence.call import Call, Result
from forgesim.products.confluence.errors import UnsupportedError, bad_request, forbidden, not_found
from forgesim.products.confluence.users import find_user, profile
from forgesim.products.confluence.world import World
from forgesim.site.access import is_known
from forgesim.site.groups import find_group, groups_of, groups_with, members_of
from forgesim.site.model import Group

__all__ = [
    "anonymous_user",
    "bulk_users",
    "find_groups",
    "get_group",
    "group",
    "list_groups",
    "list_members",
    "list_memberships",
]

Json = dict[str, object]
MOST_USERS = 100
"""Account ids of one call; more are passed over (the OpenAPI document of Confluence v1)."""


def group(of: Group) -> Json:
    """A group as v1 shows it."""
    return {"type": "group", "name": of.name, "id": of.id, "usageType": "USERBASE_GROUP", "managedBy": "ADMINS",
            "_links": {}}  # fmt: skip


def _known(world: World, call: Call) -> None:
    if not is_known(world.site, call.account):
        raise forbidden("The caller may not use Confluence")
    if call.many("expand"):
        raise UnsupportedError(f"{call.operation.name} with expand")


def _some(world: World, call: Call, items: Sequence[Json], default: int, reads: Sequence[str] = ()) -> Result:
    """One page of a list of v1; ``reads`` go with the items, where they show anything."""
    start, limit = call.number("start", 0, 0, 2**31 - 1), call.number("limit", default, 1, 2**31 - 1)
    shown = items[start : start + limit]
    links: Json = {"base": world.base, "context": "/wiki"}
    if start + limit < len(items):
        kept = [(name, value) for name, value in call.query if name not in ("start", "limit")]
        links["next"] = call.path(("start", str(start + limit)), ("limit", str(limit)), *kept).removeprefix("/wiki")
    payload: Json = {"results": shown, "start": start, "limit": limit, "size": len(shown), "_links": links}
    if call.flag("shouldReturnTotalSize"):
        payload["totalSize"] = len(items)
    return Result(payload=payload, reads=tuple(reads[start : start + limit]))


def list_groups(world: World, call: Call) -> Result:
    _known(world, call)
    if call.choice("accessType", ("user", "admin", "site-admin")) is not None:
        raise UnsupportedError(f"{call.operation.name} with accessType")
    return _some(world, call, [group(each) for each in groups_of(world.site)], 200)


def find_groups(world: World, call: Call) -> Result:
    _known(world, call)
    text = call.one("query")
    if not text:
        raise bad_request("'query' is required")
    found = [each for each in groups_of(world.site) if text.casefold() in each.name.casefold()]
    return _some(world, call, [group(each) for each in found], 200)


def get_group(world: World, call: Call) -> Result:
    _known(world, call)
    return Result(payload=group(_asked(world, call.one("id"))))


def _asked(world: World, id_: str | None) -> Group:
    if not id_:
        raise bad_request("'id' is required")
    found = find_group(world.site, id_)
    if found is None or found.id != id_:
        raise not_found()
    return found


def list_members(world: World, call: Call) -> Result:
    _known(world, call)
    members = members_of(world.site, _asked(world, call.params["groupId"]))
    reads = [f"user/{each.account_id}" for each in members]
    return _some(world, call, [profile(world, each) for each in members], 200, reads)


def list_memberships(world: World, call: Call) -> Result:
    _known(world, call)
    account = call.one("accountId")
    if not account:
        raise bad_request("'accountId' is required")
    user = find_user(world, account)
    if user is None:
        raise not_found()
    return _some(world, call, [group(each) for each in groups_with(world.site, user)], 200)


def bulk_users(world: World, call: Call) -> Result:
    """The known ones among the first hundred that are asked for, each once."""
    _known(world, call)
    asked = dict.fromkeys(value for name, value in call.query if name == "accountId" and value)
    if not asked:
        raise bad_request("'accountId' is required")
    found = [user for each in list(asked)[:MOST_USERS] if (user := find_user(world, each)) is not None]
    reads = [f"user/{each.account_id}" for each in found]
    return _some(world, call, [profile(world, each) for each in found], MOST_USERS, reads)


def anonymous_user(world: World, call: Call) -> Result:
    """What stands for those who have not logged in, where the site knows them."""
    if not world.site.anonymous:
        raise forbidden("Anonymous users may not use Confluence")
    if call.many("expand"):
        raise UnsupportedError(f"{call.operation.name} with expand")
    picture = {"path": "/wiki/aa-avatar/anonymous", "width": 48, "height": 48, "isDefault": True}
    return Result(
        payload={
            "type": "anonymous",
            "profilePicture": picture,
            "displayName": "Anonymous",
            "_expandable": {"operations": ""},
            "_links": {"base": world.base, "context": "/wiki"},
        }
    )
