"""Saved searches: read, found, made and changed by their owners (Atlassian's REST API documents).

A filter that the caller may not see is a 400, as the documents have it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from forgesim.products.jira import serialise
from forgesim.products.jira.call import Call, Result
from forgesim.products.jira.errors import Refused, UnsupportedError, bad_field, bad_request
from forgesim.products.jira.jql import parse
from forgesim.products.jira.ordering import ordered
from forgesim.products.jira.paging import offset_page
from forgesim.products.jira.serialise import Json, Shown
from forgesim.products.jira.world import World
from forgesim.site.jira_access import holds_globally, may_see_filter
from forgesim.site.jira_parts import Filter

__all__ = [
    "add_favourite", "create_filter", "delete_filter", "favourite_filters", "get_filter", "my_filters",
    "remove_favourite", "search_filters", "update_filter",
]  # fmt: skip

MOST_NAME, MOST_TEXT = 255, 16_000


def get_filter(world: World, call: Call) -> Result:
    call.refuse_others("expand", "overrideSharePermissions")
    return _shown(world, call, _find(world, call))


def my_filters(world: World, call: Call) -> Result:
    world.require_login(call.account)
    call.refuse_others("expand")
    liked = call.flag("includeFavourites")
    return _listed(
        world,
        call,
        [each for each in _seen(world, call) if each.owner == call.account or (liked and _likes(each, call))],
    )


def favourite_filters(world: World, call: Call) -> Result:
    world.require_login(call.account)
    call.refuse_others("expand")
    return _listed(world, call, [each for each in _seen(world, call) if _likes(each, call)])


def search_filters(world: World, call: Call) -> Result:
    """Those that the caller may see; descriptions, owners and queries only where ``expand`` names them."""
    world.require_access(call.account)
    call.refuse_others("owner", "groupname", "groupId", "projectId", "overrideSharePermissions", "isSubstringMatch")
    name, owner, ids = (call.one("filterName") or "").casefold(), call.one("accountId"), call.ids("id", 200)
    found = [
        each
        for each in _seen(world, call)
        if name in each.name.casefold() and owner in (None, each.owner) and (not ids or each.id in ids)
    ]
    keys: Mapping[str, Callable[[Filter], Any]] = {
        "name": lambda each: (each.name.casefold(), int(each.id)),
        "id": lambda each: int(each.id),
        "description": lambda each: (each.description.casefold(), int(each.id)),
        "favourite_count": lambda each: len(each.favourite_of),
        "is_favourite": lambda each: _likes(each, call),
        "is_shared": lambda each: bool(each.viewers),
    }
    found = ordered(call, found, keys, also=("owner",), default="name")
    expand, shown = set(call.many("expand")), Shown(call.account)

    def show(each: Filter) -> Json:
        whole = _filter(world, each, call, shown if "owner" in expand else Shown(call.account))
        shown.add(f"filter/{each.id}")
        kept = {"self", "id", "name", *expand}
        return {key: value for key, value in whole.items() if key in kept}

    return Result(payload=offset_page(world, call, found, show, most=100), reads=shown.refs)


def create_filter(world: World, call: Call) -> Result:
    world.require_login(call.account)
    call.refuse_others("expand", "overrideSharePermissions")
    body = call.json()
    made = _read(world, body, Filter(id=world.new_id(), name="", owner=call.account or "", jql=""))
    if body.get("favourite") is True:
        made = replace(made, favourite_of=(call.account or "",))
    world.site.jira.filters[made.id] = made
    return _shown(world, call, made)


def update_filter(world: World, call: Call) -> Result:
    call.refuse_others("expand", "overrideSharePermissions")
    own, body = _own(world, call), call.json()
    if "name" not in body:
        raise bad_field("filterName", "You must specify a name to save this search as.")
    changed = _read(world, body, own)
    world.site.jira.filters[changed.id] = changed
    return _shown(world, call, changed)


def delete_filter(world: World, call: Call) -> Result:
    """By its owner, or an admin who sees it; others are told with a 401, as the document has it."""
    found = _find(world, call)
    if found.owner != call.account and not holds_globally(world.site, call.account, "ADMINISTER"):
        raise Refused(401, "You do not have permission to delete this filter.")
    del world.site.jira.filters[found.id]
    return Result(payload=None, status=204)


def add_favourite(world: World, call: Call) -> Result:
    call.refuse_others("expand")
    found = _find(world, call)
    liked = replace(found, favourite_of=tuple(dict.fromkeys((*found.favourite_of, call.account or ""))))
    world.site.jira.filters[liked.id] = liked
    return _shown(world, call, liked)


def remove_favourite(world: World, call: Call) -> Result:
    call.refuse_others("expand")
    found = _find(world, call)
    left = replace(found, favourite_of=tuple(each for each in found.favourite_of if each != call.account))
    world.site.jira.filters[left.id] = left
    return _shown(world, call, left)


def _seen(world: World, call: Call) -> list[Filter]:
    return [each for each in world.site.jira.filters.values() if may_see_filter(world.site, call.account, each)]


def _likes(found: Filter, call: Call) -> bool:
    return call.account in found.favourite_of


def _find(world: World, call: Call) -> Filter:
    world.require_access(call.account)
    id_ = call.id("id")
    found = world.site.jira.filters.get(id_)
    if found is None or not may_see_filter(world.site, call.account, found):
        raise bad_request(f"The selected filter with id '{id_}' does not exist.")
    return found


def _own(world: World, call: Call) -> Filter:
    found = _find(world, call)
    if found.owner != call.account:
        raise bad_request("You do not have permission to edit this filter.")
    return found


def _read(world: World, body: dict[str, Any], old: Filter) -> Filter:
    """Texts that are given, the others as they were. The query must be one that can be read."""
    for name in ("sharePermissions", "editPermissions"):
        if body.get(name):
            raise UnsupportedError(f"filters with {name}")
    name, jql, text = body.get("name", old.name), body.get("jql", old.jql), body.get("description", old.description)
    if not isinstance(name, str) or not name.strip() or len(name) > MOST_NAME:
        raise bad_field("filterName", "You must specify a name to save this search as.")
    mine = (each for each in world.site.jira.filters.values() if each.owner == old.owner and each.id != old.id)
    if any(each.name.casefold() == name.casefold() for each in mine):
        raise bad_field("filterName", "Filter with same name already exists.")
    if not isinstance(jql, str) or not isinstance(text, str | None) or len(text or "") > MOST_TEXT:
        raise bad_request("jql and description must be texts.")
    parse(jql)
    return replace(old, name=name, jql=jql, description=text or "")


def _shown(world: World, call: Call, found: Filter) -> Result:
    shown = Shown(call.account)
    return Result(payload=_filter(world, found, call, shown), reads=shown.refs)


def _listed(world: World, call: Call, found: list[Filter]) -> Result:
    shown = Shown(call.account)
    payload = [_filter(world, each, call, shown) for each in sorted(found, key=lambda each: each.name.casefold())]
    return Result(payload=payload, reads=shown.refs)


def _filter(world: World, of: Filter, call: Call, shown: Shown) -> Json:
    shown.add(f"filter/{of.id}")
    found: Json = {
        "self": f"{world.base}/rest/api/3/filter/{of.id}",
        "id": of.id,
        "name": of.name,
        "description": of.description,
        "owner": serialise.user(world, of.owner, shown),
        "jql": of.jql,
        "viewUrl": f"{world.base}/issues/?filter={of.id}",
        "searchUrl": f"{world.base}/rest/api/3/search/jql?jql=filter={of.id}",
        "favourite": _likes(of, call),
        "favouritedCount": len(of.favourite_of),
        "sharePermissions": [_share(number, holder) for number, holder in enumerate(of.viewers, 1)],
        "editPermissions": [],
        "subscriptions": {"size": 0, "items": [], "max-results": 1000, "start-index": 0, "end-index": 0},
    }
    return found


def _share(number: int, holder: str) -> Json:
    kind, _, value = holder.partition(":")
    match kind:
        case "group":
            return {"id": number, "type": "group", "group": {"name": value}}
        case "user":
            return {"id": number, "type": "user", "user": {"accountId": value}}
        case _:
            return {"id": number, "type": "loggedin"}
