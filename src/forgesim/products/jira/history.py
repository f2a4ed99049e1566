"""The changelog of issues: one issue's, oldest first, and many issues' at once (Atlassian's REST API documents)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from forgesim.products.jira import serialise
from forgesim.products.jira.call import Call, Result
from forgesim.products.jira.errors import bad_request
from forgesim.products.jira.fields import catalogue
from forgesim.products.jira.paging import offset_page, token_page
from forgesim.products.jira.serialise import Json, Shown, jira_time
from forgesim.products.jira.world import World
from forgesim.site.jira_history import sprint_ids
from forgesim.site.jira_model import (
    FLAG_FIELD,
    ISSUE_TYPES,
    PRIORITIES,
    RESOLUTIONS,
    SPRINT_FIELD,
    STATUSES,
    STORY_POINTS_FIELD,
    Change,
    Issue,
    Item,
)
from forgesim.site.jira_parts import Component, ProjectVersion

__all__ = ["bulk_changelogs", "expanded_changelog", "get_changelog", "shown_change", "shown_entry"]

MOST_ISSUES, MOST_FIELDS, PAGE, MOST_PAGE = 1000, 10, 1000, 10_000
_WITHOUT_IDS = frozenset(("summary", "description", "environment", "duedate", STORY_POINTS_FIELD, FLAG_FIELD))
_OWN_WITH_IDS = frozenset(("select", "user"))
_NAMES = {"parent": "IssueParentAssociation", "security": "security"}
_LISTS = {"components": "Component", "fixVersions": "Fix Version", "versions": "Version"}
"""Fields of several values: each one added or taken away is an item of its own."""


_TABLES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "status": {each.id: each.name for each in STATUSES.values()},
        "issuetype": {each.id: each.name for each in ISSUE_TYPES.values()},
        "priority": PRIORITIES,
        "resolution": RESOLUTIONS,
    }
)


def get_changelog(world: World, call: Call) -> Result:
    world.require_access(call.account)
    issue, shown = world.issue(call.account, call.params["issueIdOrKey"]), Shown(call.account)
    shown.add(f"issue/{issue.id}")
    page = offset_page(
        world, call, issue.changes, lambda change: shown_entry(world, change, shown), size=100, most=100
    )  # fmt: skip
    return Result(payload=page, reads=shown.refs)


def expanded_changelog(world: World, issue: Issue, shown: Shown) -> Json:
    """What ``expand=changelog`` adds: the newest hundred, newest first."""
    newest = issue.changes[::-1][:100]
    return {
        "startAt": 0,
        "maxResults": len(newest),
        "total": len(issue.changes),
        "histories": [shown_entry(world, change, shown) for change in newest],
    }


def bulk_changelogs(world: World, call: Call) -> Result:
    """Changes of many issues, sorted by date, then by issue. Issues that the caller cannot see are left out."""
    world.require_access(call.account)
    body, shown = call.json(), Shown(call.account)
    asked = _texts(body, "issueIdsOrKeys", MOST_ISSUES)
    if not asked:
        raise bad_request("issueIdsOrKeys must hold at least one issue id or key.")
    fields = frozenset(_texts(body, "fieldIds", MOST_FIELDS))
    count = body.get("maxResults", PAGE)
    if type(count) is not int or not 1 <= count <= MOST_PAGE:
        raise bad_request(f"maxResults must be between 1 and {MOST_PAGE}.")
    token = body.get("nextPageToken")
    found = {issue.id: issue for each in asked if (issue := world.find_issue(call.account, each)) is not None}
    entries = [
        (issue, kept)
        for issue in found.values()
        for change in issue.changes
        if (kept := _with_fields(change, fields)) is not None
    ]
    entries.sort(key=lambda each: (each[1].at, int(each[0].id), int(each[1].id)))
    page, after = token_page(
        entries,
        token=token if isinstance(token, str) else None,
        count=count,
        belongs=(sorted(found), sorted(fields)),
        ident=lambda each: each[1].id,
    )
    logs: dict[str, list[Json]] = {}
    for issue, change in page:
        shown.add(f"issue/{issue.id}")
        logs.setdefault(issue.id, []).append(shown_entry(world, change, shown) | {"created": change.at})
    payload: Json = {"issueChangeLogs": [{"issueId": id_, "changeHistories": log} for id_, log in logs.items()]}
    if after is not None:
        payload["nextPageToken"] = after
    return Result(payload=payload, reads=shown.refs)


def _texts(body: dict[str, Any], name: str, most: int) -> list[str]:
    found = body.get(name) or []
    if not isinstance(found, list) or not all(isinstance(each, str) for each in found):
        raise bad_request(f"{name} must be a list of strings.")
    if len(found) > most:
        raise bad_request(f"{name} takes at most {most} values.")
    return found


def _with_fields(change: Change, fields: frozenset[str]) -> Change | None:
    """The change without the items of other fields; None when nothing is left. No fields means all."""
    if not fields:
        return change
    items = tuple(item for item in change.items if item.field in fields)
    return Change(change.id, change.at, change.author, items) if items else None


def shown_change(world: World, change: Change) -> Json:
    """A change as an event has it: what it changed, and its id."""
    return {"id": change.id, "items": _items(world, change.items, Shown(None, whole=True))}


def shown_entry(world: World, change: Change, shown: Shown) -> Json:
    return {
        "id": change.id,
        "author": serialise.user(world, change.author, shown),
        "created": jira_time(change.at),
        "items": _items(world, change.items, shown),
    }


def _items(world: World, items: Iterable[Item], shown: Shown) -> list[Json]:
    found: list[Json] = []
    for item in items:
        if item.field in _LISTS:
            old, new = _parts(item.old), _parts(item.new)
            found += [_one_of_list(world, item.field, each, None) for each in old if each not in new]
            found += [_one_of_list(world, item.field, None, each) for each in new if each not in old]
        else:
            found.append(_item(world, item, shown))
    return found


def _parts(text: str | None) -> list[str]:
    return [each for each in (text or "").split(", ") if each]


def _one_of_list(world: World, field: str, old: str | None, new: str | None) -> Json:
    return {
        "field": _LISTS[field], "fieldtype": "jira", "fieldId": field,
        "from": old, "fromString": _part_name(world, old), "to": new, "toString": _part_name(world, new),
    }  # fmt: skip


def _part_name(world: World, id_: str | None) -> str | None:
    for project in world.site.projects.values():
        parts: tuple[Component | ProjectVersion, ...] = (*project.components, *project.versions)
        for part in parts:
            if part.id == id_:
                return part.name
    return id_


def _item(world: World, item: Item, shown: Shown) -> Json:
    """Names in a history are the names of today."""
    info = catalogue(world).get(item.field, {})
    name = _NAMES.get(item.field, item.field)
    own = world.site.jira.fields.get(item.field)
    with_ids = item.field not in _WITHOUT_IDS if own is None else own.kind in _OWN_WITH_IDS
    return {
        "field": info["name"] if info.get("custom") else name,
        "fieldtype": "custom" if info.get("custom") else "jira",
        "fieldId": item.field,
        "from": item.old if with_ids else None,
        "fromString": _name(world, item.field, item.old, shown),
        "to": item.new if with_ids else None,
        "toString": _name(world, item.field, item.new, shown),
    }


def _name(world: World, field: str, value: str | None, shown: Shown) -> str | None:
    if value is None:
        return None
    if field in _TABLES:
        return _TABLES[field].get(value, value)
    own = world.site.jira.fields.get(field)
    if own is not None and own.kind == "select":
        return own.options.get(value, value)
    if own is not None and own.kind == "user":
        field = "assignee"
    match field:
        case "security":
            levels = (each for scheme in world.site.jira.security_schemes.values() for each in scheme.levels)
            return next((each.name for each in levels if each.id == value), value)
        case "assignee" | "reporter":
            user = world.user(value)
            shown.add(*([f"user/{value}"] if user else []))
            return user.name if user else value
        case "parent":
            parent = world.site.issues.get(value)
            return parent.key if parent and shown.sees(world, parent) else value
        case _ if field == SPRINT_FIELD:
            return ", ".join([_sprint_name(world, each, shown) for each in sprint_ids(value)])
        case _:
            return value


def _sprint_name(world: World, id_: int, shown: Shown) -> str:
    sprint = world.site.sprints.get(str(id_))
    if sprint is None or not shown.sees_sprint(world, sprint):
        return str(id_)
    shown.add(f"sprint/{id_}")
    return sprint.name
