"""Changing an issue: every change is written to its history, as Jira does it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from forgesim.products.jira.call import Call
from forgesim.products.jira.errors import Refused
from forgesim.products.jira.values import (
    LISTS,
    OFF_SCREEN,
    WrongValueError,
    read_account,
    read_date,
    read_document,
    read_labels,
    read_number,
    read_other,
)
from forgesim.products.jira.world import World
from forgesim.site.jira_history import fields_now
from forgesim.site.jira_model import (
    DONE,
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
    Project,
)

__all__ = ["ASKS", "SETTABLE", "Values", "apply", "put", "read_fields", "record"]

Values = dict[str, Any]
"""Field id → value, checked: ids, texts, numbers, tuples of labels and sprints, documents."""

SETTABLE = frozenset(
    ("summary", "description", "issuetype", "priority", "assignee", "reporter", "labels", "parent", "duedate",
     "environment", "components", "fixVersions", "versions", "security", "timetracking", STORY_POINTS_FIELD,
     SPRINT_FIELD, FLAG_FIELD)
)  # fmt: skip
"""Fields that every issue has and a call may set; the site's own come besides."""
ASKS: Mapping[str, str] = MappingProxyType(
    {
        "assignee": "ASSIGN_ISSUES", "reporter": "MODIFY_REPORTER", "duedate": "SCHEDULE_ISSUES",
        SPRINT_FIELD: "SCHEDULE_ISSUES", "security": "SET_ISSUE_SECURITY",
    }
)  # fmt: skip
"""Field → the permission that setting it asks for, besides that to create or edit."""


def read_fields(
    world: World, call: Call, project: Project, given: Mapping[str, Any], issue: Issue | None = None
) -> Values:  # fmt: skip
    """The given fields, checked. Raises a 400 that names every field that is wrong, or that the caller may not set."""
    values: Values = {}
    wrong: dict[str, str] = {}
    for name, value in given.items():
        asks = ASKS.get(name)
        known = name in SETTABLE or name in world.site.jira.fields
        if not known or (asks and not world.holds(call.account, asks, issue or project)):
            wrong[name] = OFF_SCREEN.format(name)
            continue
        try:
            values[name] = _read(world, call, project, name, value)
        except WrongValueError as error:
            wrong[name] = error.says
    if wrong:
        raise Refused(400, fields=wrong)
    return values


def _read(world: World, call: Call, project: Project, name: str, value: Any) -> Any:
    match name:
        case "reporter":
            return read_account(world, value, name)
        case "assignee":
            return _assignee(world, project, value)
        case "issuetype":
            found = _type(value)
            if project.type_ids is not None and found not in project.type_ids:
                raise WrongValueError("The issue type selected is invalid.")
            return found
        case "parent":
            return _parent(world, call, project, value)
        case _ if name == SPRINT_FIELD:
            return _sprint(world, call, value)
        case _ if name in _READERS:
            return _READERS[name](value)
        case _:
            return read_other(world, project, name, value)


def _summary(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise WrongValueError("You must specify a summary of the issue.")
    if len(value) > 255 or "\n" in value:
        raise WrongValueError("The summary must be one line of at most 255 characters.")
    return value


def _type(value: Any) -> str:
    return _one_of(value, {each.id: each.name for each in ISSUE_TYPES.values()}, "Specify a valid issue type")


def _one_of(value: Any, table: Mapping[str, str], says: str) -> str:
    """The id of ``{id: …}`` or ``{name: …}``."""
    if isinstance(value, dict):
        for id_, name in table.items():
            if value.get("id") == id_ or ("id" not in value and value.get("name") == name):
                return id_
    raise WrongValueError(says)


def _assignee(world: World, project: Project, value: Any) -> str | None:
    found = read_account(world, value, "assignee")
    if found is not None and not world.holds(found, "ASSIGNABLE_USER", project):
        raise WrongValueError(f"User '{found}' cannot be assigned issues.")
    return found


def _parent(world: World, call: Call, project: Project, value: Any) -> str | None:
    if value is None:
        return None
    asked = (value.get("id") or value.get("key")) if isinstance(value, dict) else None
    parent = world.find_issue(call.account, asked) if isinstance(asked, str) else None
    if parent is None or parent.project_id != project.id:
        raise WrongValueError("Could not find valid 'id' or 'key' of a parent issue in the project.")
    return parent.id


def _sprint(world: World, call: Call, value: Any) -> int | None:
    if value is None:
        return None
    sprint = (
        world.site.sprints.get(str(value)) if isinstance(value, int | str) and not isinstance(value, bool) else None
    )
    if sprint is None or world.project_of_sprint(call.account, sprint) is None:
        raise WrongValueError("The sprint does not exist or you do not have permission to view it.")
    if sprint.state == "closed":
        raise WrongValueError("The sprint is closed.")
    return sprint.id


_READERS: Mapping[str, Callable[[Any], Any]] = MappingProxyType(
    {
        "summary": _summary,
        "description": read_document,
        "priority": lambda value: _one_of(value, PRIORITIES, "The priority selected is invalid."),
        "labels": read_labels,
        "duedate": read_date,
        STORY_POINTS_FIELD: read_number,
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
        FLAG_FIELD: "flagged",
        "environment": "environment",
        "security": "security_id",
        **LISTS,
    }
)


def apply(world: World, call: Call, issue: Issue, values: Values) -> Change | None:
    """Set the fields and write one entry of history with what has changed; null where nothing has."""
    before = fields_now(issue)
    for name, value in values.items():
        put(world, call, issue, name, value)
    return record(world, call, issue, before)


def record(world: World, call: Call, issue: Issue, before: Mapping[str, str | None]) -> Change | None:
    """Write what differs from ``before`` as one entry of the issue's history; null where nothing does."""
    now = fields_now(issue)
    names = dict.fromkeys((*now, *before))
    items = tuple(Item(name, before.get(name), now.get(name)) for name in names if now.get(name) != before.get(name))
    if not items:
        return None
    at = max(call.now_ms, issue.changes[-1].at if issue.changes else issue.created_at)
    world.index.changed(issue)
    change = Change(world.new_id(), at, call.account or "", items)
    issue.changes.append(change)
    issue.updated_at = at
    if any(item.field == "status" and _category(item.old) != _category(item.new) for item in items):
        issue.status_changed_at = at
    return change


def _category(status: str | None) -> str | None:
    return STATUSES[status].category if status else None


def put(world: World, call: Call, issue: Issue, name: str, value: Any) -> None:
    """Set one field that has been read, without a word in the history."""
    if name == "status":
        issue.status_id = value
        if (value == DONE) != (issue.resolution_id is not None):
            _resolve(call, issue, "10000" if value == DONE else None)
    elif name == "resolution":
        _resolve(call, issue, value)
    elif name == SPRINT_FIELD:
        issue.sprints = _moved(world, issue, value)
    elif name == "timetracking":
        for field, seconds in value.items():
            setattr(issue, "original_seconds" if field == "originalEstimate" else "remaining_seconds", seconds)
        if issue.remaining_seconds is None and not issue.worklogs:
            issue.remaining_seconds = value.get("originalEstimate")
    elif name in world.site.jira.fields:
        issue.values = {each: held for each, held in issue.values.items() if each != name}
        if value is not None:
            issue.values = {**issue.values, name: value}
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
