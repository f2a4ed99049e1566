"""The fields of an issue: the site's catalogue of them, which of them a call asks for, and their JSON.

Shapes: Atlassian's REST API documents. Fields of Jira Software that only the agile API adds are ``AGILE``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from forgesim.clock import iso_utc
from forgesim.products.jira import serialise
from forgesim.products.jira.serialise import Json, Shown, jira_time
from forgesim.products.jira.world import World
from forgesim.site.jira_model import (
    ISSUE_TYPES,
    RANK_FIELD,
    SPRINT_FIELD,
    STORY_POINTS_FIELD,
    Issue,
    IssueComment,
    Sprint,
)
from forgesim.site.jira_text import document

__all__ = [
    "AGILE",
    "CATALOGUE",
    "FieldInfo",
    "chosen_fields",
    "comment",
    "issue_fields",
    "issue_ref",
    "names",
    "schemas",
]

FieldInfo = dict[str, object]
Maker = Callable[[World, Issue, Shown], object]

AGILE = ("sprint", "closedSprints", "flagged", "epic")

_GREENHOPPER = "com.pyxis.greenhopper.jira"


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
    _custom(STORY_POINTS_FIELD, "Story Points", "number", "com.atlassian.jira.plugin.system.customfieldtypes:float"),
    _custom(RANK_FIELD, "Rank", "any", f"{_GREENHOPPER}:gh-lexo-rank"),
    _custom(SPRINT_FIELD, "Sprint", "array", f"{_GREENHOPPER}:gh-sprint", items="json"),
)
CATALOGUE: Mapping[str, FieldInfo] = MappingProxyType({str(each["id"]): each for each in _ALL})
"""Field id → its description, as ``GET /field`` lists it."""


def chosen_fields(asked: Iterable[str], default: str) -> tuple[str, ...]:
    """The ids that ``fields=`` means, in the catalogue's order: ids, ``*all``, ``*navigable``, and ``-id`` to leave
    one out. Nothing asked means ``default``; only leaving out means all but those. Unknown names are passed over."""
    wanted = [each for each in asked if each] or [default]
    if all(each.startswith("-") for each in wanted):
        wanted = ["*all", *wanted]
    chosen: set[str] = set()
    for each in wanted:
        if each == "*all":
            chosen.update(CATALOGUE, AGILE)
        elif each == "*navigable":
            chosen.update([id_ for id_, info in CATALOGUE.items() if info["navigable"]], AGILE)
        elif each.startswith("-"):
            chosen.discard(each[1:])
        else:
            chosen.add(each)
    return tuple(each for each in (*CATALOGUE, *AGILE) if each in chosen)


def names(fields: Iterable[str]) -> dict[str, object]:
    return {each: CATALOGUE[each]["name"] for each in fields if each in CATALOGUE}


def schemas(fields: Iterable[str]) -> dict[str, object]:
    return {each: CATALOGUE[each]["schema"] for each in fields if each in CATALOGUE}


def issue_fields(world: World, issue: Issue, fields: Iterable[str], shown: Shown, *, agile: bool = False) -> Json:
    """The chosen fields of ``issue``; ``parent`` is absent where there is none."""
    found = {each: _MAKERS[each](world, issue, shown) for each in fields if agile or each not in AGILE}
    if "parent" in found and found["parent"] is None:
        del found["parent"]
    return found


def issue_ref(world: World, issue: Issue, shown: Shown) -> Json:
    """An issue inside another one."""
    shown.add(f"issue/{issue.id}")
    return {
        "id": issue.id,
        "key": issue.key,
        "self": f"{world.base}/rest/api/3/issue/{issue.id}",
        "fields": {
            "summary": issue.summary,
            "status": serialise.status(world, issue.status_id),
            "priority": serialise.priority(world, issue.priority_id),
            "issuetype": serialise.issue_type(world, ISSUE_TYPES[issue.type_id]),
        },
    }


def comment(world: World, issue: Issue, of: IssueComment, shown: Shown) -> Json:
    shown.add(f"comment/{of.id}")
    return {
        "self": f"{world.base}/rest/api/3/issue/{issue.id}/comment/{of.id}",
        "id": of.id,
        "author": serialise.user(world, of.author, shown),
        "body": document(of.body),
        "updateAuthor": serialise.user(world, of.updated_by or of.author, shown),
        "created": jira_time(of.created_at),
        "updated": jira_time(of.updated_at or of.created_at),
        "jsdPublic": True,
    }


def _parent(world: World, issue: Issue, shown: Shown) -> object:
    parent = world.beside(issue.parent_id)
    return issue_ref(world, parent, shown) if parent is not None else None


def _subtasks(world: World, issue: Issue, shown: Shown) -> object:
    return [
        issue_ref(world, each, shown)
        for each in world.site.issues.values()
        if each.parent_id == issue.id and ISSUE_TYPES[each.type_id].level < 0 and world.beside(each.id) is not None
    ]


def _comments(world: World, issue: Issue, shown: Shown) -> object:
    found = [comment(world, issue, each, shown) for each in issue.comments]
    where = f"{world.base}/rest/api/3/issue/{issue.id}/comment"
    return {"comments": found, "self": where, "maxResults": len(found), "total": len(found), "startAt": 0}


def _sprints(world: World, issue: Issue, shown: Shown) -> object:
    """The value of the Sprint field: every sprint the issue is in, oldest first; null for none."""
    found: list[Json] = []
    for sprint in _known_sprints(world, issue):
        shown.add(f"sprint/{sprint.id}")
        item: Json = {"id": sprint.id, "name": sprint.name, "state": sprint.state, "boardId": sprint.board_id}
        item["goal"] = sprint.goal
        times = {"startDate": sprint.start_at, "endDate": sprint.end_at, "completeDate": sprint.complete_at}
        found.append(item | {name: iso_utc(at) for name, at in times.items() if at is not None})
    return found or None


def _known_sprints(world: World, issue: Issue) -> list[Sprint]:
    return [world.site.sprints[str(each)] for each in issue.sprints if str(each) in world.site.sprints]


def _open_sprint(world: World, issue: Issue, shown: Shown) -> object:
    open_ = [each for each in _known_sprints(world, issue) if each.state != "closed"]
    return serialise.sprint(world, open_[-1], shown) if open_ else None


def _closed_sprints(world: World, issue: Issue, shown: Shown) -> object:
    return [serialise.sprint(world, each, shown) for each in _known_sprints(world, issue) if each.state == "closed"]


def _epic(world: World, issue: Issue, shown: Shown) -> object:
    parent = world.beside(issue.parent_id)
    if parent is None or ISSUE_TYPES[parent.type_id].level < 1:
        return None
    shown.add(f"issue/{parent.id}")
    return {
        "id": int(parent.id),
        "key": parent.key,
        "self": f"{world.base}/rest/agile/1.0/epic/{parent.id}",
        "name": parent.summary,
        "summary": parent.summary,
        "color": {"key": "color_1"},
        "done": parent.resolution_id is not None,
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
        "components": lambda world, issue, shown: [],
        "fixVersions": lambda world, issue, shown: [],
        "versions": lambda world, issue, shown: [],
        "parent": _parent,
        "subtasks": _subtasks,
        "issuelinks": lambda world, issue, shown: [],
        "description": lambda world, issue, shown: document(issue.description) if issue.description else None,
        "environment": lambda world, issue, shown: None,
        "comment": _comments,
        "worklog": lambda world, issue, shown: {"startAt": 0, "maxResults": 20, "total": 0, "worklogs": []},
        "attachment": lambda world, issue, shown: [],
        "timetracking": lambda world, issue, shown: {},
        "votes": lambda world, issue, shown: {"self": _self(issue, world, "votes"), "votes": 0, "hasVoted": False},
        "watches": lambda world, issue, shown: {
            "self": _self(issue, world, "watchers"), "watchCount": 0, "isWatching": False,
        },
        STORY_POINTS_FIELD: lambda world, issue, shown: issue.points,
        RANK_FIELD: lambda world, issue, shown: issue.rank,
        SPRINT_FIELD: _sprints,
        "sprint": _open_sprint,
        "closedSprints": _closed_sprints,
        "flagged": lambda world, issue, shown: False,
        "epic": _epic,
    }
)  # fmt: skip
