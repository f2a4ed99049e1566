"""Components and versions of projects, and how many issues have them (Atlassian's REST API documents).

Who may browse a project sees them, who administers it changes them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Literal

from forgesim.products.jira import parts, serialise
from forgesim.products.jira.call import Call, Result
from forgesim.products.jira.editing import apply
from forgesim.products.jira.errors import Refused, UnsupportedError, bad_field, bad_request, forbidden, not_found
from forgesim.products.jira.events import tell_update
from forgesim.products.jira.ordering import ordered
from forgesim.products.jira.paging import offset_page
from forgesim.products.jira.serialise import Json, Shown
from forgesim.products.jira.values import WrongValueError, read_date
from forgesim.products.jira.world import World
from forgesim.site.jira_model import STATUSES, Issue, Project
from forgesim.site.jira_parts import Component, ProjectVersion

__all__ = [
    "board_versions", "component_counts", "create_component", "create_version", "delete_component", "delete_version",
    "get_component", "get_version", "list_components", "list_versions", "page_components", "page_versions",
    "unresolved_count", "update_component", "update_version", "version_counts", "version_shown",
]  # fmt: skip

MOST_NAME, MOST_TEXT = 255, 16_000
_TYPES = ("PROJECT_DEFAULT", "COMPONENT_LEAD", "PROJECT_LEAD", "UNASSIGNED")


def _project(world: World, call: Call) -> Project:
    world.require_access(call.account)
    return world.project(call.account, call.params["projectIdOrKey"])


_BY_WORDS: Mapping[str, Callable[[Any], Any]] = {
    "name": lambda each: each.name.casefold(),
    "description": lambda each: each.description.casefold(),
}


def _named(call: Call, items: list[Any], keys: Mapping[str, Callable[[Any], Any]]) -> list[Any]:
    query = (call.one("query") or "").casefold()
    found = [each for each in items if query in each.name.casefold() or query in each.description.casefold()]
    return ordered(call, found, {**_BY_WORDS, **keys})


# --- components ---


def list_components(world: World, call: Call) -> Result:
    project, shown = _project(world, call), Shown(call.account)
    call.refuse_others("componentSource")
    found = [_component(world, project, each, shown) for each in project.components]
    return Result(payload=found, reads=(f"project/{project.id}", *shown.refs))


def page_components(world: World, call: Call) -> Result:
    project, shown = _project(world, call), Shown(call.account)
    call.refuse_others("componentSource")
    shown.add(f"project/{project.id}")
    counts = _counts(world, project, "components", call.account)

    def show(each: Component) -> Json:
        return _component(world, project, each, shown) | {"issueCount": counts.get(each.id, 0)}

    keys = {"issueCount": lambda each: counts.get(each.id, 0), "lead": lambda each: each.lead}
    return Result(payload=offset_page(world, call, _named(call, project.components, keys), show), reads=shown.refs)


def get_component(world: World, call: Call) -> Result:
    project, found = _find_component(world, call)
    shown = Shown(call.account)
    return Result(payload=_component(world, project, found, shown), reads=(f"project/{project.id}", *shown.refs))


def create_component(world: World, call: Call) -> Result:
    world.require_access(call.account)
    body, shown = call.json(), Shown(call.account)
    project = _body_project(world, call, body)
    found = _read_component(world, project, body, Component(id=world.new_id(), name=""))
    project.components.append(found)
    return Result(payload=_component(world, project, found, shown), reads=shown.refs, status=201)


def update_component(world: World, call: Call) -> Result:
    project, old = _find_component(world, call)
    _require_admin(world, call, project)
    shown = Shown(call.account)
    found = _read_component(world, project, call.json(), old)
    project.components[project.components.index(old)] = found
    return Result(payload=_component(world, project, found, shown), reads=shown.refs)


def delete_component(world: World, call: Call) -> Result:
    """Issues lose it, or have ``moveIssuesTo`` in its place; their history tells so."""
    project, old = _find_component(world, call)
    _require_admin(world, call, project)
    other = _other(call, "moveIssuesTo", project.components, old)
    _replace_in_issues(world, call, project, "components", old.id, other)
    project.components.remove(old)
    return Result(payload=None, status=204)


def component_counts(world: World, call: Call) -> Result:
    project, found = _find_component(world, call)
    count = _counts(world, project, "components", call.account).get(found.id, 0)
    where = f"{world.base}/rest/api/3/component/{found.id}"
    return Result(payload={"self": where, "issueCount": count}, reads=(f"project/{project.id}",))


def _find_component(world: World, call: Call) -> tuple[Project, Component]:
    world.require_access(call.account)
    id_ = call.params["id"]
    for project in world.projects(call.account):
        for each in project.components:
            if each.id == id_:
                return project, each
    raise not_found(f"The component with id {id_} does not exist.")


def _component(world: World, project: Project, of: Component, shown: Shown) -> Json:
    found = parts.component(world, of)
    if of.lead is not None:
        found["lead"] = serialise.user(world, of.lead, shown)
    return found | {
        "assigneeType": of.assignee_type,
        "realAssigneeType": of.assignee_type,
        "isAssigneeTypeValid": True,
        "project": project.key,
        "projectId": int(project.id),
    }


def _read_component(world: World, project: Project, body: dict[str, Any], old: Component) -> Component:
    kind = body.get("assigneeType", old.assignee_type)
    if kind not in _TYPES:
        raise bad_field("assigneeType", f"assigneeType must be one of: {', '.join(_TYPES)}.")
    lead = body.get("leadAccountId", old.lead) or None
    if lead is not None and (not isinstance(lead, str) or world.user(lead) is None):
        raise bad_field("leadAccountId", "The user does not exist.")
    name = _name(body, old.name, [each.name for each in project.components if each.id != old.id], "component")
    text = _text(body, old.description)
    return replace(old, name=name, description=text, lead=lead, assignee_type=kind)


# --- versions ---


def list_versions(world: World, call: Call) -> Result:
    project = _project(world, call)
    call.refuse_others("expand")
    found = [version_shown(world, project, each, call.now_ms) for each in project.versions]
    return Result(payload=found, reads=(f"project/{project.id}",))


def page_versions(world: World, call: Call) -> Result:
    project, states = _project(world, call), set(call.many("status"))
    call.refuse_others("expand")
    if unknown := states - {"released", "unreleased", "archived"}:
        raise bad_request(f"Unknown status of a version: {', '.join(sorted(unknown))}")
    keys = {
        "sequence": project.versions.index,
        "releaseDate": lambda each: each.release_date,
        "startDate": lambda each: each.start_date,
    }
    found = [each for each in _named(call, project.versions, keys) if not states or _state(each) in states]
    page = offset_page(world, call, found, lambda each: version_shown(world, project, each, call.now_ms))
    return Result(payload=page, reads=(f"project/{project.id}",))


def _state(of: ProjectVersion) -> Literal["archived", "released", "unreleased"]:
    return "archived" if of.archived else "released" if of.released else "unreleased"


def get_version(world: World, call: Call) -> Result:
    project, found = _find_version(world, call)
    payload = version_shown(world, project, found, call.now_ms)
    if "issuesstatus" in call.many("expand"):
        payload["issuesStatusForFixVersion"] = _status_counts(world, call, project, found)
    return Result(payload=payload, reads=(f"project/{project.id}",))


def create_version(world: World, call: Call) -> Result:
    world.require_access(call.account)
    body = call.json()
    project = _body_project(world, call, body)
    found = _read_version(project, body, ProjectVersion(id=world.new_id(), name=""))
    project.versions.append(found)
    payload = version_shown(world, project, found, call.now_ms)
    return Result(payload=payload, reads=(f"project/{project.id}",), status=201)


def update_version(world: World, call: Call) -> Result:
    project, old = _find_version(world, call)
    _require_admin(world, call, project)
    body = call.json()
    if body.get("moveUnfixedIssuesTo"):
        raise UnsupportedError(f"{call.operation.name} with moveUnfixedIssuesTo")
    found = _read_version(project, body, old)
    project.versions[project.versions.index(old)] = found
    payload = version_shown(world, project, found, call.now_ms)
    return Result(payload=payload, reads=(f"project/{project.id}",))


def delete_version(world: World, call: Call) -> Result:
    project, old = _find_version(world, call)
    _require_admin(world, call, project)
    for field, name in (("fixVersions", "moveFixIssuesTo"), ("versions", "moveAffectedIssuesTo")):
        _replace_in_issues(world, call, project, field, old.id, _other(call, name, project.versions, old))
    project.versions.remove(old)
    return Result(payload=None, status=204)


def version_counts(world: World, call: Call) -> Result:
    project, found = _find_version(world, call)
    payload = {
        "self": f"{world.base}/rest/api/3/version/{found.id}",
        "issuesFixedCount": _counts(world, project, "fixVersions", call.account).get(found.id, 0),
        "issuesAffectedCount": _counts(world, project, "versions", call.account).get(found.id, 0),
        "issueCountWithCustomFieldsShowingVersion": 0,
        "customFieldUsage": [],
    }
    return Result(payload=payload, reads=(f"project/{project.id}",))


def unresolved_count(world: World, call: Call) -> Result:
    project, found = _find_version(world, call)
    issues = [each for each in _issues(world, project, call.account) if found.id in each.fix_versions]
    payload = {
        "self": f"{world.base}/rest/api/3/version/{found.id}",
        "issuesUnresolvedCount": sum(each.resolution_id is None for each in issues),
        "issuesCount": len(issues),
    }
    return Result(payload=payload, reads=(f"project/{project.id}",))


def board_versions(world: World, call: Call) -> Result:
    world.require_access(call.account)
    board = world.board(call.account, call.id("boardId"))
    project, released = world.site.projects[board.project_id], call.many("released")
    if not set(released) <= {"true", "false"}:
        raise bad_request("released must be true or false.")
    found = [each for each in project.versions if not released or str(each.released).lower() in released]

    def show(each: ProjectVersion) -> Json:
        shape = parts.project_version(world, each) | {"projectId": int(project.id), "id": int(each.id)}
        return shape | {"self": f"{world.base}/rest/agile/1.0/version/{each.id}", "description": each.description}

    page = offset_page(world, call, found, show, links=False, total=False)
    return Result(payload=page, reads=(f"board/{board.id}", f"project/{project.id}"))


def version_shown(world: World, project: Project, of: ProjectVersion, now_ms: int) -> Json:
    found = parts.project_version(world, of) | {"projectId": int(project.id)}
    if of.release_date is not None and not of.released:
        found["overdue"] = of.release_date < serialise.jira_time(now_ms)[:10]
    return found


def _find_version(world: World, call: Call) -> tuple[Project, ProjectVersion]:
    world.require_access(call.account)
    id_ = call.params["id"]
    for project in world.projects(call.account):
        for each in project.versions:
            if each.id == id_:
                return project, each
    raise not_found(f"Could not find version for id '{id_}'")


def _read_version(project: Project, body: dict[str, Any], old: ProjectVersion) -> ProjectVersion:
    flags = {name: body.get(name, getattr(old, name)) for name in ("released", "archived")}
    if not all(isinstance(each, bool) for each in flags.values()):
        raise bad_request("released and archived must be true or false.")
    try:
        start = read_date(body.get("startDate", old.start_date))
        end = read_date(body.get("releaseDate", old.release_date))
    except WrongValueError as error:
        raise bad_request(error.says) from None
    if start and end and end < start:
        raise bad_field("releaseDate", "The release date must be after the start date.")
    name = _name(body, old.name, [each.name for each in project.versions if each.id != old.id], "version")
    text = _text(body, old.description)
    return replace(
        old, name=name, description=text, start_date=start, release_date=end,
        released=flags["released"], archived=flags["archived"],
    )  # fmt: skip


def _status_counts(world: World, call: Call, project: Project, of: ProjectVersion) -> Json:
    kinds = [
        STATUSES[each.status_id].category
        for each in _issues(world, project, call.account)
        if of.id in each.fix_versions
    ]  # fmt: skip
    counted = {"toDo": "new", "inProgress": "indeterminate", "done": "done"}
    return {"unmapped": 0, **{name: kinds.count(kind) for name, kind in counted.items()}}  # type: ignore[arg-type]


# --- shared ---


def _body_project(world: World, call: Call, body: dict[str, Any]) -> Project:
    asked = body.get("projectId") if "projectId" in body else body.get("project")
    project = world.find_project(call.account, str(asked)) if isinstance(asked, str | int) else None
    if project is None:
        raise not_found("The project does not exist or you do not have permission to view it.")
    _require_admin(world, call, project)
    return project


def _require_admin(world: World, call: Call, project: Project) -> None:
    """403 for components; for versions what the document of each operation has for those who lack the permission."""
    if world.administers(call.account, project):
        return
    if "/component" in call.operation.path:
        raise forbidden("The user does not have permission to complete this action.")
    says = "The version does not exist or you do not have the necessary permission."
    raise Refused({"POST": 404, "PUT": 400, "DELETE": 401}[call.operation.method], says)


def _name(body: dict[str, Any], old: str, others: list[str], kind: str) -> str:
    name = body.get("name", old)
    if not isinstance(name, str) or not name.strip() or len(name) > MOST_NAME:
        raise bad_field("name", f"The {kind} name must have 1 to {MOST_NAME} characters.")
    if name.casefold() in (each.casefold() for each in others):
        raise Refused(400, fields={"name": f"A {kind} with the name {name} already exists in this project."})
    return name


def _text(body: dict[str, Any], old: str) -> str:
    text = body.get("description", old)
    if not isinstance(text, str | None) or len(text or "") > MOST_TEXT:
        raise bad_field("description", f"The description must be text of at most {MOST_TEXT} characters.")
    return text or ""


def _other(call: Call, name: str, among: list[Any], old: Any) -> str | None:
    asked = call.one(name)
    if asked is None:
        return None
    found = next((each.id for each in among if each.id == asked and each is not old), None)
    if found is None:
        raise bad_request(f"{name} is not the id of another one of the project.")
    return str(found)


_ATTRIBUTES = {"components": "components", "fixVersions": "fix_versions", "versions": "affects"}


def _replace_in_issues(
    world: World, call: Call, project: Project, field: str, old: str, new: str | None
) -> None:  # fmt: skip
    for issue in world.site.issues.values():
        held: tuple[str, ...] = getattr(issue, _ATTRIBUTES[field])
        if issue.project_id == project.id and old in held:
            kept = tuple(dict.fromkeys(new if each == old and new else each for each in held if each != old or new))
            tell_update(world, call, issue, apply(world, call, issue, {field: kept}))


def _issues(world: World, project: Project, account: str | None) -> list[Issue]:
    return world.issues(account, project.id)


def _counts(world: World, project: Project, field: str, account: str | None) -> dict[str, int]:
    """Id → in how many issues that the account may see."""
    found: dict[str, int] = {}
    for issue in _issues(world, project, account):
        for each in getattr(issue, _ATTRIBUTES[field]):
            found[each] = found.get(each, 0) + 1
    return found
