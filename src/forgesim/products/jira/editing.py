"""Changing an issue: every change is written to its history, as Jira does it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

from forgesim.products.jira.call import Call
from forgesim.products.jira.errors import Refused
from forgesim.products.jira.world import World
from forgesim.site.jira_history import fields_now
from forgesim.site.jira_model import (
    DONE,
    ISSUE_TYPES,
    PRIORITIES,
    RESOLUTIONS,
    SPRINT_FIELD,
    STATUSES,
    STORY_POINTS_FIELD,
    Change,
    Issue,
    Item,
    Project,
)

__all__ = ["SETTABLE", "Values", "apply", "read_fields", "record"]

Values = dict[str, Any]
"""Field id → value, checked: ids, texts, numbers, tuples of labels and sprints, documents."""

SETTABLE = frozenset(
    ("summary", "description", "issuetype", "priority", "assignee", "reporter", "labels", "parent", "duedate",
     STORY_POINTS_FIELD, SPRINT_FIELD)
)  # fmt: skip
_DATE = re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")
_DEEPEST = 200
MOST_POINTS = 1e14
"""Jira's number fields hold less than this, either sign."""


def read_fields(world: World, call: Call, project: Project, given: Mapping[str, Any]) -> Values:
    """The given fields, checked. Raises a 400 that names every field that is wrong."""
    values: Values = {}
    wrong: dict[str, str] = {}
    for name, value in given.items():
        if name not in SETTABLE:
            wrong[name] = f"Field '{name}' cannot be set. It is not on the appropriate screen, or unknown."
            continue
        try:
            values[name] = _read(world, call, project, name, value)
        except _WrongError as error:
            wrong[name] = error.says
    if wrong:
        raise Refused(400, fields=wrong)
    return values


class _WrongError(Exception):
    def __init__(self, says: str) -> None:
        super().__init__(says)
        self.says = says


def _read(world: World, call: Call, project: Project, name: str, value: Any) -> Any:
    match name:
        case "assignee" | "reporter":
            return _account(world, value, name)
        case "parent":
            return _parent(world, call, project, value)
        case _ if name == SPRINT_FIELD:
            return _sprint(world, call, value)
        case _:
            return _READERS[name](value)


def _summary(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise _WrongError("You must specify a summary of the issue.")
    if len(value) > 255 or "\n" in value:
        raise _WrongError("The summary must be one line of at most 255 characters.")
    return value


def _type(value: Any) -> str:
    return _one_of(value, {each.id: each.name for each in ISSUE_TYPES.values()}, "Specify a valid issue type")


def _due(value: Any) -> str | None:
    if value is None or (isinstance(value, str) and _DATE.fullmatch(value) and _is_date(value)):
        return value
    raise _WrongError("Error parsing date string: use the format yyyy-MM-dd")


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _points(value: Any) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < MOST_POINTS:
        raise _WrongError("Operation value must be a number")
    return float(value)


def _document(value: Any) -> Any:
    if value is None:
        return None
    if not isinstance(value, dict) or value.get("type") != "doc" or value.get("version") != 1:
        raise _WrongError("Operation value must be an Atlassian Document (see the Atlassian Document Format)")
    if not isinstance(value.get("content"), list) or _depth(value) > _DEEPEST:
        raise _WrongError("INVALID_INPUT")
    return value


def _depth(value: Any) -> int:
    deepest, waiting = 0, [(value, 1)]
    while waiting:
        node, depth = waiting.pop()
        deepest = max(deepest, depth)
        inner = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
        waiting += [(each, depth + 1) for each in inner]
    return deepest


def _one_of(value: Any, table: Mapping[str, str], says: str) -> str:
    """The id of ``{id: …}`` or ``{name: …}``."""
    if isinstance(value, dict):
        for id_, name in table.items():
            if value.get("id") == id_ or ("id" not in value and value.get("name") == name):
                return id_
    raise _WrongError(says)


def _account(world: World, value: Any, name: str) -> str | None:
    if value is None:
        return None
    asked = (value.get("accountId") or value.get("id")) if isinstance(value, dict) else None
    user = world.user(asked) if isinstance(asked, str) else None
    if user is None or not user.active:
        raise _WrongError(f"The {name} specified is not valid.")
    return user.account_id


def _labels(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise _WrongError("data was not an array")
    for each in value:
        if not each or len(each) > 255 or any(char.isspace() for char in each):
            raise _WrongError(f"The label '{each}' contains spaces or has not 1 to 255 characters.")
    return tuple(dict.fromkeys(value))


def _parent(world: World, call: Call, project: Project, value: Any) -> str | None:
    if value is None:
        return None
    asked = (value.get("id") or value.get("key")) if isinstance(value, dict) else None
    parent = world.find_issue(call.account, asked) if isinstance(asked, str) else None
    if parent is None or parent.project_id != project.id:
        raise _WrongError("Could not find valid 'id' or 'key' of a parent issue in the project.")
    return parent.id


def _sprint(world: World, call: Call, value: Any) -> int | None:
    if value is None:
        return None
    sprint = (
        world.site.sprints.get(str(value)) if isinstance(value, int | str) and not isinstance(value, bool) else None
    )
    if sprint is None or world.project_of_sprint(call.account, sprint) is None:
        raise _WrongError("The sprint does not exist or you do not have permission to view it.")
    if sprint.state == "closed":
        raise _WrongError("The sprint is closed.")
    return sprint.id


_READERS: Mapping[str, Callable[[Any], Any]] = MappingProxyType(
    {
        "summary": _summary,
        "description": _document,
        "issuetype": _type,
        "priority": lambda value: _one_of(value, PRIORITIES, "The priority selected is invalid."),
        "labels": _labels,
        "duedate": _due,
        STORY_POINTS_FIELD: _points,
    }
)
_ATTRIBUTES: Mapping[str, str] = MappingProxyType(
    {
        "summary": "summary",
        "description": "description",
        "issuetype": "type_id",
        "priority": "priority_id",
        "assignee": "assignee",
        "reporter": "reporter",
        "labels": "labels",
        "parent": "parent_id",
        "duedate": "due",
        STORY_POINTS_FIELD: "points",
    }
)


def apply(world: World, call: Call, issue: Issue, values: Values) -> Change | None:
    """Set the fields and write one entry of history with what has changed; null where nothing has."""
    before = fields_now(issue)
    for name, value in values.items():
        _set(world, call, issue, name, value)
    return record(world, call, issue, before)


def record(world: World, call: Call, issue: Issue, before: Mapping[str, str | None]) -> Change | None:
    """Write what differs from ``before`` as one entry of the issue's history; null where nothing does."""
    now = fields_now(issue)
    items = tuple(Item(name, before[name], now[name]) for name in now if now[name] != before[name])
    if not items:
        return None
    at = max(call.now_ms, issue.changes[-1].at if issue.changes else issue.created_at)
    change = Change(world.new_id(), at, call.account or "", items)
    issue.changes.append(change)
    issue.updated_at = at
    if any(item.field == "status" and _category(item.old) != _category(item.new) for item in items):
        issue.status_changed_at = at
    return change


def _category(status: str | None) -> str | None:
    return STATUSES[status].category if status else None


def _set(world: World, call: Call, issue: Issue, name: str, value: Any) -> None:
    if name == "status":
        issue.status_id = value
        if (value == DONE) != (issue.resolution_id is not None):
            _resolve(call, issue, "10000" if value == DONE else None)
    elif name == "resolution":
        _resolve(call, issue, value)
    elif name == SPRINT_FIELD:
        issue.sprints = _moved(world, issue, value)
    else:
        setattr(issue, _ATTRIBUTES[name], value)


def _resolve(call: Call, issue: Issue, resolution: str | None) -> None:
    assert resolution is None or resolution in RESOLUTIONS
    issue.resolution_id, issue.resolved_at = resolution, None if resolution is None else call.now_ms


def _moved(world: World, issue: Issue, sprint: int | None) -> tuple[int, ...]:
    """The closed sprints stay; the open one gives way to the new one."""
    sprints = world.site.sprints
    closed = [each for each in issue.sprints if str(each) in sprints and sprints[str(each)].state == "closed"]
    return (*closed, sprint) if sprint is not None else tuple(closed)
