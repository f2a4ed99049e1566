"""What belongs to a project besides its issues, and lists of the site's configuration (Atlassian's API documents)."""

from __future__ import annotations

from forgesim.products.jira import serialise
from forgesim.products.jira.call import Call, Result
from forgesim.products.jira.errors import Refused, bad_request, not_found
from forgesim.products.jira.meta import types_of
from forgesim.products.jira.paging import offset_page
from forgesim.products.jira.serialise import Json, Shown
from forgesim.products.jira.world import World
from forgesim.site.jira_access import holds_globally
from forgesim.site.jira_model import ISSUE_TYPES, PRIORITIES, RESOLUTIONS, STATUSES, Project, Status

__all__ = [
    "configuration", "field_contexts", "field_options", "get_issue_type", "get_priority", "get_resolution",
    "get_status", "issue_events", "list_categories", "list_labels", "list_roles", "list_status_categories",
    "project_hierarchy", "project_role", "project_roles", "search_priorities", "search_resolutions", "search_statuses",
]  # fmt: skip

MOST_LABELS = 1000
_EVENTS = (
    "Issue Created", "Issue Updated", "Issue Assigned", "Issue Resolved", "Issue Closed", "Issue Commented",
    "Issue Reopened", "Issue Deleted", "Issue Moved", "Work Logged On Issue", "Work Started On Issue",
    "Work Stopped On Issue", "Generic Event", "Issue Comment Edited", "Issue Worklog Updated",
    "Issue Worklog Deleted", "Issue Comment Deleted",
)  # fmt: skip
"""In the order of their ids, from 1."""
_CATEGORIES = {"TODO": "new", "IN_PROGRESS": "indeterminate", "DONE": "done"}


def _project(world: World, call: Call) -> Project:
    world.require_access(call.account)
    name = "projectIdOrKey" if "projectIdOrKey" in call.params else "projectId"
    return world.project(call.account, call.params[name])


def project_roles(world: World, call: Call) -> Result:
    project = _project(world, call)
    where = f"{world.base}/rest/api/3/project/{project.id}/role"
    found = {name: f"{where}/{role}" for role, name in world.site.jira.roles.items()}
    return Result(payload=found, reads=(f"project/{project.id}",))


def project_role(world: World, call: Call) -> Result:
    """A role with its members, for who administers the project."""
    project, shown, role = _project(world, call), Shown(call.account), call.id("id")
    call.refuse_others("excludeInactiveUsers")
    name = world.site.jira.roles.get(role)
    if name is None or not world.administers(call.account, project):
        raise not_found(f"Can not find a project role with id {role}, or you do not have permission to see it.")
    actors = [_actor(world, number, each, shown) for number, each in enumerate(project.roles.get(role, ()), 1)]
    where = f"{world.base}/rest/api/3/project/{project.id}/role/{role}"
    payload = {"self": where, "name": name, "id": int(role), "description": "", "actors": actors}
    return Result(payload=payload, reads=(f"project/{project.id}", *shown.refs))


def _actor(world: World, number: int, member: str, shown: Shown) -> Json:
    if member.startswith("group:"):
        group = member.removeprefix("group:")
        held = {"name": group, "displayName": group}
        return {"id": number, "displayName": group, "type": "atlassian-group-role-actor", "actorGroup": held}
    person = serialise.user(world, member, shown) or {}
    return {
        "id": number, "displayName": person["displayName"], "type": "atlassian-user-role-actor",
        "actorUser": {"accountId": member},
    }  # fmt: skip


def list_roles(world: World, call: Call) -> Result:
    world.require_admin(call.account)
    where = f"{world.base}/rest/api/3/role"
    found = [
        {"self": f"{where}/{role}", "name": name, "id": int(role), "description": ""}
        for role, name in world.site.jira.roles.items()
    ]
    return Result(payload=found)


def project_hierarchy(world: World, call: Call) -> Result:
    world.require_login(call.account)
    project = _project(world, call)
    names = {1: "Epic", 0: "Base", -1: "Subtask"}
    levels = [
        {
            "level": level,
            "name": name,
            "issueTypes": [
                {"id": int(each.id), "name": each.name, "avatarId": int(each.id) + 300}
                for each in types_of(project)
                if each.level == level
            ],
        }
        for level, name in names.items()
    ]
    return Result(payload={"projectId": int(project.id), "hierarchy": levels}, reads=(f"project/{project.id}",))


def list_categories(world: World, call: Call) -> Result:
    """Of the projects that the caller may see: a site knows its categories by its projects."""
    world.require_login(call.account)
    held = {each.category: each for each in world.projects(call.account) if each.category}
    return Result(
        payload=[serialise.category(world, held[name]) for name in sorted(held)],
        reads=tuple(f"project/{each.id}" for each in held.values()),
    )


# --- lists of the site ---


def search_statuses(world: World, call: Call) -> Result:
    """For who administers the site or some project; the document has a 401 for the others."""
    world.require_access(call.account)
    if not world.administers_any(call.account):
        raise Refused(401, "You do not have permission to search for statuses.")
    call.refuse_others("projectId", "includeGlobalStatuses")
    query, kind = (call.one("searchString") or "").casefold(), call.one("statusCategory")
    if kind is not None and kind not in _CATEGORIES:
        raise bad_request(f"statusCategory must be one of: {', '.join(_CATEGORIES)}.")
    found = [
        each
        for each in STATUSES.values()
        if query in each.name.casefold() and (kind is None or each.category == _CATEGORIES[kind])
    ]
    names = {value: name for name, value in _CATEGORIES.items()}

    def show(each: Status) -> Json:
        return {
            "id": each.id, "name": each.name, "statusCategory": names[each.category], "description": "",
            "scope": {"type": "GLOBAL"},
        }  # fmt: skip

    return Result(payload=offset_page(world, call, found, show, size=200, most=200))


def get_status(world: World, call: Call) -> Result:
    """By id or name."""
    world.require_access(call.account)
    asked = call.params["idOrName"]
    found = next((each for each in STATUSES.values() if asked in (each.id, each.name)), None)
    if found is None or not world.projects(call.account):
        raise not_found(f"The status '{asked}' does not exist.")
    return Result(payload=serialise.status(world, found.id))


def list_status_categories(world: World, call: Call) -> Result:
    world.require_login(call.account)
    shown = [serialise.status(world, each)["statusCategory"] for each in STATUSES]
    return Result(payload=list({each["id"]: each for each in shown}.values()))


def get_issue_type(world: World, call: Call) -> Result:
    """For who may browse a project that has it, and admins."""
    world.require_access(call.account)
    found = ISSUE_TYPES.get(call.params["id"])
    shown = any(found in types_of(each) for each in world.projects(call.account))
    if found is None or not (shown or holds_globally(world.site, call.account, "ADMINISTER")):
        raise not_found("The issue type does not exist.")
    return Result(payload=serialise.issue_type(world, found))


def search_priorities(world: World, call: Call) -> Result:
    world.require_login(call.account)
    call.refuse_others("projectId", "expand")
    ids, name = call.many("id"), (call.one("priorityName") or "").casefold()
    only = call.flag("onlyDefault")
    found = [
        id_
        for id_, each in PRIORITIES.items()
        if (not ids or id_ in ids) and name in each.casefold() and (not only or id_ == "3")
    ]

    def show(id_: str) -> Json:
        return (serialise.priority(world, id_) or {}) | {"isDefault": id_ == "3", "description": ""}

    return Result(payload=offset_page(world, call, found, show))


def get_priority(world: World, call: Call) -> Result:
    world.require_login(call.account)
    id_ = call.params["id"]
    if id_ not in PRIORITIES:
        raise not_found("The priority does not exist.")
    return Result(payload=serialise.priority(world, id_))


def search_resolutions(world: World, call: Call) -> Result:
    world.require_login(call.account)
    ids, only = call.many("id"), call.flag("onlyDefault")
    found = [id_ for id_ in RESOLUTIONS if (not ids or id_ in ids) and (not only or id_ == "10000")]

    def show(id_: str) -> Json:
        return (serialise.resolution(world, id_) or {}) | {"isDefault": id_ == "10000"}

    return Result(payload=offset_page(world, call, found, show))


def get_resolution(world: World, call: Call) -> Result:
    world.require_login(call.account)
    id_ = call.params["id"]
    if id_ not in RESOLUTIONS:
        raise not_found("The resolution does not exist.")
    return Result(payload=serialise.resolution(world, id_))


def list_labels(world: World, call: Call) -> Result:
    """Labels of the issues that the caller may see; what is told of an issue is that it has one of them."""
    world.require_access(call.account)
    holders: dict[str, str] = {}
    for issue in world.issues(call.account):
        for label in issue.labels:
            holders.setdefault(label, issue.id)
    found, reads = sorted(holders), []

    def show(label: str) -> str:
        reads.append(f"issue/{holders[label]}")
        return label

    page = offset_page(world, call, found, show, size=MOST_LABELS, most=MOST_LABELS)
    return Result(payload=page, reads=tuple(dict.fromkeys(reads)))


def configuration(world: World, call: Call) -> Result:
    world.require_login(call.account)
    times = {"workingHoursPerDay": 8.0, "workingDaysPerWeek": 5.0, "timeFormat": "pretty", "defaultUnit": "minute"}
    on = ("votingEnabled", "watchingEnabled", "unassignedIssuesAllowed", "subTasksEnabled", "issueLinkingEnabled",
          "timeTrackingEnabled", "attachmentsEnabled")  # fmt: skip
    return Result(payload={**dict.fromkeys(on, True), "timeTrackingConfiguration": times})


# --- fields of the site's own ---


def issue_events(world: World, call: Call) -> Result:
    """The kinds of events that a notification may tell of; a site has no others than Jira brings."""
    world.require_admin(call.account)
    return Result(payload=[{"id": number, "name": name} for number, name in enumerate(_EVENTS, 1)])


def field_contexts(world: World, call: Call) -> Result:
    """Each field has one context: where it is."""
    world.require_admin(call.account)
    call.refuse_others("isAnyIssueType", "isGlobalContext", "contextId")
    field = world.site.jira.fields.get(call.params["fieldId"])
    if field is None:
        raise not_found("The custom field was not found.")
    shape = {
        "id": field.id.removeprefix("customfield_"), "name": f"Default context of {field.name}", "description": "",
        "isGlobalContext": field.projects is None, "isAnyIssueType": True,
    }  # fmt: skip
    return Result(payload=offset_page(world, call, [shape], lambda each: each))


def field_options(world: World, call: Call) -> Result:
    world.require_admin(call.account)
    call.refuse_others("optionId", "onlyOptions")
    field = world.site.jira.fields.get(call.params["fieldId"])
    if field is None or call.params["contextId"] != field.id.removeprefix("customfield_"):
        raise not_found("The custom field or its context was not found.")

    def show(option: tuple[str, str]) -> Json:
        return {"id": option[0], "value": option[1], "disabled": False}

    return Result(payload=offset_page(world, call, list(field.options.items()), show, size=100, most=100))
