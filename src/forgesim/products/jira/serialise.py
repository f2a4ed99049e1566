"""People, projects, boards, sprints and the site's configuration as Jira's JSON (Atlassian's REST API documents).

Each function that shows a person adds their ref to ``reads`` by the ``Shown`` that it is given.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from forgesim.clock import iso_utc
from forgesim.ids import derive
from forgesim.products.jira.world import Json, World
from forgesim.site.jira_model import (
    DONE,
    ISSUE_TYPES,
    PRIORITIES,
    RESOLUTIONS,
    STATUSES,
    STORY_POINTS_FIELD,
    Board,
    Issue,
    IssueType,
    Project,
    Sprint,
)
from forgesim.site.jira_parts import SecurityLevel
from forgesim.site.model import User

__all__ = [
    "Json", "Shown", "avatars", "board", "board_configuration", "issue_type", "jira_time", "priority", "project",
    "project_ref", "resolution", "security_level", "sprint", "status", "user",
]  # fmt: skip

_CATEGORIES = {
    "new": (2, "blue-gray", "To Do"),
    "indeterminate": (4, "yellow", "In Progress"),
    "done": (3, "green", "Done"),
}
_SIZES = (48, 24, 16, 32)


class Shown:
    """Collects the refs of what an answer shows, each once, in order. ``viewer`` is whom it is shown to; with
    ``whole`` nothing is hidden, as in events."""

    def __init__(self, viewer: str | None, *, whole: bool = False) -> None:
        self.viewer, self.whole = viewer, whole
        self._refs: dict[str, None] = {}
        self._sprints: dict[int, bool] = {}

    def add(self, *refs: str) -> None:
        self._refs.update(dict.fromkeys(refs))

    def sees(self, world: World, issue: Issue) -> bool:
        return self.whole or world.sees(self.viewer, issue)

    def sees_sprint(self, world: World, sprint: Sprint) -> bool:
        seen = self._sprints.get(sprint.id)
        if seen is None:
            seen = self._sprints[sprint.id] = self.whole or world.sees_sprint(self.viewer, sprint)
        return seen

    @property
    def refs(self) -> tuple[str, ...]:
        return tuple(self._refs)


def jira_time(at_ms: int) -> str:
    """``2021-01-17T12:34:00.000+0000``: UTC is the site's zone."""
    return iso_utc(at_ms)[:-1] + "+0000"


def avatars(world: World, what: str) -> Json:
    return {f"{size}x{size}": f"{world.base}/rest/api/3/universal_avatar/view/{what}?size={size}" for size in _SIZES}


def user(world: World, account: str | None, shown: Shown) -> Mapping[str, Any] | None:
    """A person, for other answers too: nobody may change it. Mail addresses are hidden, as by default. An account that
    the site no longer knows has no name."""
    if account is None:
        return None
    kept = world.people.get(account)
    found = world.user(account)
    if found is not None:
        shown.add(f"user/{account}")
    if kept is None:
        kept = world.people[account] = _person(world, account, found)
    return kept


def _person(world: World, account: str, found: User | None) -> Json:
    return {
        "self": f"{world.base}/rest/api/3/user?accountId={account}",
        "accountId": account,
        "avatarUrls": avatars(world, "type/user/avatar/default"),
        "displayName": found.name if found else "Former user",
        "active": bool(found and found.active),
        "timeZone": found.time_zone if found else "Etc/UTC",
        "accountType": found.kind if found else "atlassian",
    }


def status(world: World, id_: str) -> Json:
    found = STATUSES[id_]
    number, colour, name = _CATEGORIES[found.category]
    return {
        "self": f"{world.base}/rest/api/3/status/{id_}",
        "description": "",
        "iconUrl": f"{world.base}/images/icons/statuses/generic.png",
        "name": found.name,
        "id": id_,
        "statusCategory": {
            "self": f"{world.base}/rest/api/3/statuscategory/{number}",
            "id": number,
            "key": found.category,
            "colorName": colour,
            "name": name,
        },
    }


def issue_type(world: World, found: IssueType) -> Json:
    return {
        "self": f"{world.base}/rest/api/3/issuetype/{found.id}",
        "id": found.id,
        "description": "",
        "iconUrl": f"{world.base}/rest/api/2/universal_avatar/view/type/issuetype/avatar/{found.id}",
        "name": found.name,
        "subtask": found.level < 0,
        "avatarId": int(found.id) + 300,
        "hierarchyLevel": found.level,
    }


def priority(world: World, id_: str | None) -> Json | None:
    if id_ is None:
        return None
    name = PRIORITIES[id_]
    icon = f"{world.base}/images/icons/priorities/{name.lower()}.svg"
    return {"self": f"{world.base}/rest/api/3/priority/{id_}", "iconUrl": icon, "name": name, "id": id_}


def resolution(world: World, id_: str | None) -> Json | None:
    if id_ is None:
        return None
    where = f"{world.base}/rest/api/3/resolution/{id_}"
    return {"self": where, "id": id_, "description": "", "name": RESOLUTIONS[id_]}


def security_level(world: World, of: SecurityLevel) -> Json:
    where = f"{world.base}/rest/api/3/securitylevel/{of.id}"
    return {"self": where, "id": of.id, "description": of.description, "name": of.name}


def project_ref(world: World, of: Project) -> Json:
    """A project inside another thing."""
    return {
        "self": f"{world.base}/rest/api/3/project/{of.id}",
        "id": of.id,
        "key": of.key,
        "name": of.name,
        "projectTypeKey": of.type_key,
        "simplified": of.kind == "team",
        "avatarUrls": avatars(world, f"type/project/avatar/{of.id}"),
    }


def is_private(of: Project) -> bool:
    return of.viewers is not None or of.scheme_id is not None


def category(world: World, of: Project) -> Json:
    """A category's id is told from its name: ours have no other."""
    id_ = str(derive("category", world.site.cloud_id, of.category) % 90_000 + 10_000)
    where = f"{world.base}/rest/api/3/projectCategory/{id_}"
    return {"self": where, "id": id_, "name": of.category, "description": ""}


def project(world: World, of: Project, shown: Shown, expand: Iterable[str], *, whole: bool) -> Json:
    """A project: whole, or an item of a search, which has description, lead and issue types only when expanded."""
    shown.add(f"project/{of.id}")
    found = {"expand": "description,lead,issueTypes,url,projectKeys,permissions,insight", **project_ref(world, of)}
    found |= {
        "style": "classic" if of.kind == "company" else "next-gen",
        "isPrivate": of.viewers is not None,
        "properties": {},
    }
    found["entityId"] = found["uuid"] = f"{derive('project', world.site.cloud_id, of.id):016x}"
    if whole or "description" in expand:
        found["description"] = of.description
    if whole or "lead" in expand:
        found["lead"] = user(world, of.lead, shown)
    if whole or "issueTypes" in expand:
        kinds = (each for each in ISSUE_TYPES.values() if of.type_ids is None or each.id in of.type_ids)
        found["issueTypes"] = [issue_type(world, each) for each in kinds]
    if whole:
        where = f"{world.base}/rest/api/3/project/{of.id}/role"
        found["roles"] = {name: f"{where}/{role}" for role, name in world.site.jira.roles.items()}
        found["assigneeType"] = "UNASSIGNED"
    if "projectKeys" in expand:
        found["projectKeys"] = [of.key]
    return found


def board(world: World, of: Board, shown: Shown) -> Json:
    shown.add(f"board/{of.id}", f"project/{of.project_id}")
    where = world.site.projects[of.project_id]
    return {
        "id": of.id,
        "self": f"{world.base}/rest/agile/1.0/board/{of.id}",
        "name": of.name,
        "type": of.kind,
        "location": {
            "projectId": int(where.id),
            "displayName": f"{where.name} ({where.key})",
            "projectName": where.name,
            "projectKey": where.key,
            "projectTypeKey": "software",
            "avatarURI": f"{world.base}/rest/api/2/universal_avatar/view/type/project/avatar/{where.id}",
            "name": f"{where.name} ({where.key})",
        },
        "isPrivate": False,
    }


def board_configuration(world: World, of: Board, shown: Shown) -> Json:
    shown.add(f"board/{of.id}", f"project/{of.project_id}")
    where = world.site.projects[of.project_id]
    columns = [
        {"name": name, "statuses": [{"id": id_, "self": f"{world.base}/rest/api/2/status/{id_}"} for id_ in statuses]}
        for name, statuses in of.columns
    ]
    found: Json = {
        "id": of.id,
        "name": of.name,
        "type": of.kind,
        "self": f"{world.base}/rest/agile/1.0/board/{of.id}/configuration",
        "location": {
            "type": "project",
            "key": where.key,
            "id": where.id,
            "self": f"{world.base}/rest/api/2/project/{where.id}",
            "name": where.name,
        },
        "filter": {"id": of.filter_id, "self": f"{world.base}/rest/api/2/filter/{of.filter_id}"},
        "columnConfig": {"columns": columns, "constraintType": "none"},
        "ranking": {"rankCustomFieldId": 10019},
    }
    if of.kind == "scrum":
        named = {"fieldId": STORY_POINTS_FIELD, "displayName": "Story Points"}
        found["estimation"] = {"type": "field", "field": named}
    else:
        found["subQuery"] = {"query": f"resolution = EMPTY OR status = {DONE}"}
    return found


def sprint(world: World, of: Sprint, shown: Shown) -> Json:
    """A sprint as the agile API shows it; a future one lacks the dates that nobody has set."""
    shown.add(f"sprint/{of.id}")
    found: Json = {
        "id": of.id,
        "self": f"{world.base}/rest/agile/1.0/sprint/{of.id}",
        "state": of.state,
        "name": of.name,
    }
    times = {
        "startDate": of.start_at,
        "endDate": of.end_at,
        "completeDate": of.complete_at,
        "createdDate": of.created_at,
    }
    found |= {name: iso_utc(at) for name, at in times.items() if at is not None}
    return found | {"originBoardId": of.board_id, "goal": of.goal}
