"""The fields of an issue: the site's catalogue of them, which of them a call asks for, and their JSON.

Shapes: Atlassian's REST API documents. Fields of Jira Software that only the agile API adds are ``AGILE``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any

from forgesim.clock import iso_utc
from forgesim.products.jira import parts, serialise
from forgesim.products.jira.render import rendered
from forgesim.products.jira.serialise import Json, Shown, jira_time
from forgesim.products.jira.world import World
from forgesim.site.jira_access import level_of
from forgesim.site.jira_model import (
    FLAG_FIELD,
    ISSUE_TYPES,
    RANK_FIELD,
    SPRINT_FIELD,
    STORY_POINTS_FIELD,
    Issue,
    Sprint,
)
from forgesim.site.jira_parts import CustomField
from forgesim.site.jira_text import document

__all__ = [
    "AGILE",
    "CATALOGUE",
    "FieldInfo",
    "catalogue",
    "chosen_fields",
    "epic",
    "issue_fields",
    "names",
    "rendered_fields",
    "schemas",
]

FieldInfo = dict[str, object]
Maker = Callable[[World, Issue, Shown], object]

AGILE = ("sprint", "closedSprints", "flagged", "epic")

_GREENHOPPER = "com.pyxis.greenhopper.jira"
_TYPES = "com.atlassian.jira.plugin.system.customfieldtypes"
_OWN: Mapping[str, tuple[str, str, str | None]] = MappingProxyType(
    {
        "number": ("number", "float", None),
        "text": ("string", "textfield", None),
        "paragraph": ("string", "textarea", None),
        "select": ("option", "select", None),
        "user": ("user", "userpicker", None),
        "date": ("date", "datepicker", None),
        "labels": ("array", "labels", "string"),
    }
)
"""Kind of a field of the site's own → type, kind and item type of its schema."""


def _system(id_: str, name: str, kind: str, *, navigable: bool = True, items: str | None = None) -> FieldInfo:
    schema = {"type": kind, "system": id_} | ({"items": items} if items else {})
    return {
        "id": id_, "key": id_, "name": name, "custom": False, "orderable": True, "navigable": navigable,
        "searchable": True, "clauseNames": [id_.lower()], "schema": schema,
    }  # fmt: skip


def _custom(id_: str, name: str, kind: str, custom: str, *, items: str | None = None) -> FieldInfo:
    number = int(id_.removeprefix("customfield_"))
    schema: dict[str, object] = {"type": kind, "custom": custom, "customId": number}
    return {
        "id": id_, "key": id_, "name": name, "custom": True, "orderable": True, "navigable": True,
        "searchable": True, "clauseNames": [f"cf[{number}]", name],
        "schema": schema | ({"items": items} if items else {}),
    }  # fmt: skip


_ALL = (
    _system("summary", "Summary", "string"),
    _system("status", "Status", "status"),
    _system("statuscategorychangedate", "Status Category Changed", "datetime"),
    _system("issuetype", "Issue Type", "issuetype"),
    _system("project", "Project", "project"),
    _system("priority", "Priority", "priority"),
    _system("resolution", "Resolution", "resolution"),
    _system("resolutiondate", "Resolved", "datetime"),
    _system("assignee", "Assignee", "user"),
    _system("reporter", "Reporter", "user"),
    _system("creator", "Creator", "user"),
    _system("created", "Created", "datetime"),
    _system("updated", "Updated", "datetime"),
    _system("duedate", "Due date", "date"),
    _system("labels", "Labels", "array", items="string"),
    _system("components", "Components", "array", items="component"),
    _system("fixVersions", "Fix versions", "array", items="version"),
    _system("versions", "Affects versions", "array", items="version"),
    _system("parent", "Parent", "issuelink"),
    _system("subtasks", "Sub-tasks", "array", items="issuelinks"),
    _system("issuelinks", "Linked Issues", "array", items="issuelinks"),
    _system("description", "Description", "string"),
    _system("environment", "Environment", "string"),
    _system("comment", "Comment", "comments-page", navigable=False),
    _system("worklog", "Log Work", "array", navigable=False, items="worklog"),
    _system("attachment", "Attachment", "array", navigable=False, items="attachment"),
    _system("timetracking", "Time tracking", "timetracking", navigable=False),
    _system("votes", "Votes", "votes"),
    _system("watches", "Watchers", "watches"),
    _system("security", "Security Level", "securitylevel"),
    _system("timeoriginalestimate", "Original estimate", "number"),
    _system("timeestimate", "Remaining Estimate", "number"),
    _system("timespent", "Time Spent", "number"),
    _custom(STORY_POINTS_FIELD, "Story Points", "number", f"{_TYPES}:float"),
    _custom(RANK_FIELD, "Rank", "any", f"{_GREENHOPPER}:gh-lexo-rank"),
    _custom(SPRINT_FIELD, "Sprint", "array", f"{_GREENHOPPER}:gh-sprint", items="json"),
    _custom(FLAG_FIELD, "Flagged", "array", f"{_TYPES}:multicheckboxes", items="option"),
)
CATALOGUE: Mapping[str, FieldInfo] = MappingProxyType({str(each["id"]): each for each in _ALL})
"""Field id → its description, as ``GET /field`` lists it, of the fields that every site has."""


def catalogue(world: World) -> Mapping[str, FieldInfo]:
    """The fields that every site has, and then the site's own."""
    own = world.site.jira.fields
    return {**CATALOGUE, **{each.id: _own(each) for each in own.values()}} if own else CATALOGUE


def _own(field: CustomField) -> FieldInfo:
    kind, custom, items = _OWN[field.kind]
    return _custom(field.id, field.name, kind, f"{_TYPES}:{custom}", items=items)


def chosen_fields(world: World, asked: Iterable[str], default: str) -> tuple[str, ...]:
    """The ids that ``fields=`` means, in the catalogue's order: ids, ``*all``, ``*navigable``, and ``-id`` to leave
    one out. Nothing asked means ``default``; only leaving out means all but those. Unknown names are passed over."""
    wanted = [each for each in asked if each] or [default]
    if all(each.startswith("-") for each in wanted):
        wanted = ["*all", *wanted]
    known = catalogue(world)
    chosen: set[str] = set()
    for each in wanted:
        if each == "*all":
            chosen.update(known, AGILE)
        elif each == "*navigable":
            chosen.update([id_ for id_, info in known.items() if info["navigable"]], AGILE)
        elif each.startswith("-"):
            chosen.discard(each[1:])
        else:
            chosen.add(each)
    return tuple(each for each in (*known, *AGILE) if each in chosen)


def names(world: World, fields: Iterable[str]) -> dict[str, object]:
    known = catalogue(world)
    return {each: known[each]["name"] for each in fields if each in known}


def schemas(world: World, fields: Iterable[str]) -> dict[str, object]:
    known = catalogue(world)
    return {each: known[each]["schema"] for each in fields if each in known}


def issue_fields(world: World, issue: Issue, fields: Iterable[str], shown: Shown, *, agile: bool = False) -> Json:
    """The chosen fields of ``issue``; ``parent`` is absent where there is none, a field that its project does not have
    too."""
    found: Json = {}
    for each in fields:
        if each in _MAKERS:
            if agile or each not in AGILE:
                found[each] = _MAKERS[each](world, issue, shown)
        elif (own := world.site.jira.fields.get(each)) and _has(issue, own):
            found[each] = _value(world, own, issue.values.get(each), shown)
    if "parent" in found and found["parent"] is None:
        del found["parent"]
    return found


def rendered_fields(world: World, issue: Issue, fields: Iterable[str], shown: Shown) -> Json:
    """What ``expand=renderedFields`` adds: HTML of the rich texts, and null for what is shown as it is."""
    found: Json = dict.fromkeys(each for each in fields if each not in AGILE)
    for name, text in (("description", issue.description), ("environment", issue.environment)):
        if name in found:
            found[name] = rendered(text)
    for own in world.site.jira.fields.values():
        if own.id in found and own.kind == "paragraph":
            found[own.id] = rendered(issue.values.get(own.id))
    if "comment" in found:
        said = [
            parts.comment(world, issue, each, shown) | {"body": rendered(each.body)}
            for each in world.seen_comments(shown.viewer, issue)
        ]
        found["comment"] = {"comments": said, "maxResults": len(said), "total": len(said), "startAt": 0}
    if "worklog" in found:
        done = [
            parts.worklog(world, issue, each, shown) | {"comment": rendered(each.comment)}
            for each in world.seen_worklogs(shown.viewer, issue)
        ]
        found["worklog"] = {"worklogs": done, "maxResults": len(done), "total": len(done), "startAt": 0}
    return found


def _has(issue: Issue, own: CustomField) -> bool:
    return own.projects is None or issue.project_id in own.projects


def _value(world: World, own: CustomField, value: Any, shown: Shown) -> object:
    if value is None:
        return [] if own.kind == "labels" else None
    match own.kind:
        case "select":
            where = f"{world.base}/rest/api/3/customFieldOption/{value}"
            return {"self": where, "value": own.options.get(value, ""), "id": value}
        case "user":
            return serialise.user(world, value, shown)
        case "paragraph":
            return document(value)
        case "labels":
            return list(value)
        case _:
            return value


def _parent(world: World, issue: Issue, shown: Shown) -> object:
    parent = world.site.issues.get(issue.parent_id or "")
    return parts.issue_ref(world, parent, shown) if parent is not None and shown.sees(world, parent) else None


def _subtasks(world: World, issue: Issue, shown: Shown) -> object:
    return [
        parts.issue_ref(world, each, shown)
        for each in world.index.children(issue)
        if ISSUE_TYPES[each.type_id].level < 0 and shown.sees(world, each)
    ]


def _comments(world: World, issue: Issue, shown: Shown) -> object:
    found = [parts.comment(world, issue, each, shown) for each in world.seen_comments(shown.viewer, issue)]
    where = f"{world.base}/rest/api/3/issue/{issue.id}/comment"
    return {"comments": found, "self": where, "maxResults": len(found), "total": len(found), "startAt": 0}


def _worklogs(world: World, issue: Issue, shown: Shown) -> object:
    """The first twenty."""
    seen = world.seen_worklogs(shown.viewer, issue)
    found = [parts.worklog(world, issue, each, shown) for each in seen[:20]]
    return {"startAt": 0, "maxResults": 20, "total": len(seen), "worklogs": found}


def _components(world: World, issue: Issue, shown: Shown) -> object:
    shown.add(*([f"project/{issue.project_id}"] if issue.components else []))
    known = {each.id: each for each in world.site.projects[issue.project_id].components}
    return [parts.component(world, known[each]) for each in issue.components if each in known]


def _versions(world: World, issue: Issue, ids: Iterable[str], shown: Shown) -> object:
    known = {each.id: each for each in world.site.projects[issue.project_id].versions}
    found = [parts.project_version(world, known[each]) for each in ids if each in known]
    shown.add(*([f"project/{issue.project_id}"] if found else []))
    return found


def _security(world: World, issue: Issue) -> object:
    level = level_of(world.site, world.site.projects[issue.project_id], issue.security_id)
    return None if level is None else serialise.security_level(world, level)


def _flag(world: World, issue: Issue) -> object:
    where = f"{world.base}/rest/api/3/customFieldOption/10019"
    return [{"self": where, "value": "Impediment", "id": "10019"}] if issue.flagged else None


def _sprints(world: World, issue: Issue, shown: Shown) -> object:
    """The value of the Sprint field: every sprint the issue is in, oldest first; null for none."""
    found: list[Json] = []
    for sprint in _known_sprints(world, issue, shown):
        shown.add(f"sprint/{sprint.id}")
        item: Json = {"id": sprint.id, "name": sprint.name, "state": sprint.state, "boardId": sprint.board_id}
        item["goal"] = sprint.goal
        times = {"startDate": sprint.start_at, "endDate": sprint.end_at, "completeDate": sprint.complete_at}
        found.append(item | {name: iso_utc(at) for name, at in times.items() if at is not None})
    return found or None


def _known_sprints(world: World, issue: Issue, shown: Shown) -> list[Sprint]:
    found = [world.site.sprints[str(each)] for each in issue.sprints if str(each) in world.site.sprints]
    return [each for each in found if shown.sees_sprint(world, each)]


def _open_sprint(world: World, issue: Issue, shown: Shown) -> object:
    open_ = [each for each in _known_sprints(world, issue, shown) if each.state != "closed"]
    return serialise.sprint(world, open_[-1], shown) if open_ else None


def _closed_sprints(world: World, issue: Issue, shown: Shown) -> object:
    return [
        serialise.sprint(world, each, shown) for each in _known_sprints(world, issue, shown) if each.state == "closed"
    ]


def _epic(world: World, issue: Issue, shown: Shown) -> object:
    parent = world.site.issues.get(issue.parent_id or "")
    if parent is None or ISSUE_TYPES[parent.type_id].level < 1 or not shown.sees(world, parent):
        return None
    return epic(world, parent, shown)


def epic(world: World, issue: Issue, shown: Shown) -> Json:
    """An epic as the agile API shows it."""
    shown.add(f"issue/{issue.id}")
    return {
        "id": int(issue.id),
        "key": issue.key,
        "self": f"{world.base}/rest/agile/1.0/epic/{issue.id}",
        "name": issue.epic_name or issue.summary,
        "summary": issue.summary,
        "color": {"key": issue.epic_colour},
        "done": issue.epic_done or issue.resolution_id is not None,
    }


def _project(world: World, issue: Issue, shown: Shown) -> object:
    shown.add(f"project/{issue.project_id}")
    return serialise.project_ref(world, world.site.projects[issue.project_id])


def _self(issue: Issue, world: World, what: str) -> str:
    return f"{world.base}/rest/api/3/issue/{issue.key}/{what}"


_MAKERS: Mapping[str, Maker] = MappingProxyType(
    {
        "summary": lambda world, issue, shown: issue.summary,
        "status": lambda world, issue, shown: serialise.status(world, issue.status_id),
        "statuscategorychangedate": lambda world, issue, shown: jira_time(issue.status_changed_at),
        "issuetype": lambda world, issue, shown: serialise.issue_type(world, ISSUE_TYPES[issue.type_id]),
        "project": _project,
        "priority": lambda world, issue, shown: serialise.priority(world, issue.priority_id),
        "resolution": lambda world, issue, shown: serialise.resolution(world, issue.resolution_id),
        "resolutiondate": lambda world, issue, shown: jira_time(issue.resolved_at) if issue.resolved_at else None,
        "assignee": lambda world, issue, shown: serialise.user(world, issue.assignee, shown),
        "reporter": lambda world, issue, shown: serialise.user(world, issue.reporter, shown),
        "creator": lambda world, issue, shown: serialise.user(world, issue.creator, shown),
        "created": lambda world, issue, shown: jira_time(issue.created_at),
        "updated": lambda world, issue, shown: jira_time(issue.updated_at),
        "duedate": lambda world, issue, shown: issue.due,
        "labels": lambda world, issue, shown: list(issue.labels),
        "components": _components,
        "fixVersions": lambda world, issue, shown: _versions(world, issue, issue.fix_versions, shown),
        "versions": lambda world, issue, shown: _versions(world, issue, issue.affects, shown),
        "parent": _parent,
        "subtasks": _subtasks,
        "issuelinks": parts.links,
        "description": lambda world, issue, shown: document(issue.description) if issue.description else None,
        "environment": lambda world, issue, shown: document(issue.environment) if issue.environment else None,
        "comment": _comments,
        "worklog": _worklogs,
        "attachment": lambda world, issue, shown: [parts.attachment(world, each, shown) for each in issue.attachments],
        "timetracking": lambda world, issue, shown: parts.time_tracking(issue),
        "security": lambda world, issue, shown: _security(world, issue),
        "timeoriginalestimate": lambda world, issue, shown: issue.original_seconds,
        "timeestimate": lambda world, issue, shown: issue.remaining_seconds,
        "timespent": lambda world, issue, shown: issue.spent_seconds,
        FLAG_FIELD: lambda world, issue, shown: _flag(world, issue),
        "votes": lambda world, issue, shown: {
            "self": _self(issue, world, "votes"),
            "votes": len(issue.voters),
            "hasVoted": shown.viewer in issue.voters,
        },
        "watches": lambda world, issue, shown: {
            "self": _self(issue, world, "watchers"), "watchCount": len(issue.watchers),
            "isWatching": shown.viewer in issue.watchers,
        },
        STORY_POINTS_FIELD: lambda world, issue, shown: issue.points,
        RANK_FIELD: lambda world, issue, shown: issue.rank,
        SPRINT_FIELD: _sprints,
        "sprint": _open_sprint,
        "closedSprints": _closed_sprints,
        "flagged": lambda world, issue, shown: issue.flagged,
        "epic": _epic,
    }
)  # fmt: skip
