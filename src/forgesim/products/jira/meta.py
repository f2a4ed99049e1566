"""What may be set where: the fields of an issue to create and to edit (Atlassian's REST API documents)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from forgesim.products.jira import parts, serialise
from forgesim.products.jira.call import Call, Result
from forgesim.products.jira.editing import ASKS, SETTABLE
from forgesim.products.jira.errors import bad_request, not_found
from forgesim.products.jira.fields import catalogue
from forgesim.products.jira.serialise import Json, Shown
from forgesim.products.jira.world import World
from forgesim.site.jira_model import (
    FLAG_FIELD,
    ISSUE_TYPES,
    PRIORITIES,
    Issue,
    IssueType,
    Project,
)

__all__ = ["create_meta_fields", "create_meta_types", "edit_meta", "get_edit_meta", "types_of"]

_LISTS = ("labels", "components", "fixVersions", "versions")
_REQUIRED = ("summary", "issuetype", "project")


def types_of(project: Project) -> list[IssueType]:
    """The issue types that the project has."""
    return [each for each in ISSUE_TYPES.values() if project.type_ids is None or each.id in project.type_ids]


def create_meta_types(world: World, call: Call) -> Result:
    project = _project(world, call)
    found = [serialise.issue_type(world, each) for each in types_of(project)]
    return _page(call, "issueTypes", found, project)


def create_meta_fields(world: World, call: Call) -> Result:
    project = _project(world, call)
    kind = next((each for each in types_of(project) if each.id == call.params["issueTypeId"]), None)
    if kind is None:
        raise not_found("The issue type does not exist in the project.")
    shown = Shown(call.account)
    found = []
    for name in ("project", *sorted(SETTABLE), *world.site.jira.fields):
        if _may_set(world, call.account, name, project, None):
            field = _field(world, name, project, shown)
            field["required"] = name in _REQUIRED or (name == "parent" and kind.level < 0)
            if name == "issuetype":
                field["allowedValues"] = [serialise.issue_type(world, kind)]
            found.append(field | {"fieldId": name})
    return _page(call, "fields", found, project)


def _project(world: World, call: Call) -> Project:
    """A project that the caller may create issues in: to others it is not there."""
    world.require_access(call.account)
    asked = call.params["projectIdOrKey"]
    project = world.find_project(call.account, asked)
    if project is None or not world.holds(call.account, "CREATE_ISSUES", project):
        raise bad_request(f"No project could be found with id or key '{asked}'.")
    return project


def _page(call: Call, name: str, found: Sequence[Json], project: Project) -> Result:
    start, count = call.number("startAt", 0), call.number("maxResults", 50, 200)
    page = {"startAt": start, "maxResults": count, "total": len(found), name: found[start : start + count]}
    return Result(payload=page, reads=(f"project/{project.id}",))


def get_edit_meta(world: World, call: Call) -> Result:
    world.require_access(call.account)
    call.refuse_others("overrideScreenSecurity", "overrideEditableFlag")
    issue, shown = world.issue(call.account, call.params["issueIdOrKey"]), Shown(call.account)
    shown.add(f"issue/{issue.id}")
    return Result(payload={"fields": edit_meta(world, call.account, issue, shown)}, reads=shown.refs)


def edit_meta(world: World, account: str | None, issue: Issue, shown: Shown) -> Json:
    """The fields that the account may set in the issue: none for who may not edit it."""
    if not world.holds(account, "EDIT_ISSUES", issue):
        return {}
    project = world.site.projects[issue.project_id]
    names = (*sorted(SETTABLE), *world.site.jira.fields)
    return {
        name: _field(world, name, project, shown) for name in names if _may_set(world, account, name, project, issue)
    }


def _may_set(world: World, account: str | None, name: str, project: Project, issue: Issue | None) -> bool:
    own = world.site.jira.fields.get(name)
    if own is not None and own.projects is not None and project.id not in own.projects:
        return False
    asks = ASKS.get(name)
    return asks is None or world.holds(account, asks, issue or project)


def _field(world: World, name: str, project: Project, shown: Shown) -> Json:
    info = catalogue(world)[name]
    found: Json = {
        "required": name in _REQUIRED,
        "schema": info["schema"],
        "name": info["name"],
        "key": name,
        "hasDefaultValue": name == "priority",
        "operations": ["add", "set", "remove"] if name in _LISTS else ["set"],
    }
    allowed = _allowed(world, name, project, shown)
    return found if allowed is None else found | {"allowedValues": allowed}


def _allowed(world: World, name: str, project: Project, shown: Shown) -> list[Json] | None:
    """The values to choose from; null where any will do."""
    scheme = world.site.jira.security_schemes.get(project.security_id or "")
    own = world.site.jira.fields.get(name)
    choices: dict[str, Callable[[], list[Json]]] = {
        "issuetype": lambda: [serialise.issue_type(world, each) for each in types_of(project)],
        "priority": lambda: [serialise.priority(world, each) or {} for each in PRIORITIES],
        "project": lambda: [serialise.project_ref(world, project)],
        "components": lambda: [parts.component(world, each) for each in project.components],
        "fixVersions": lambda: [parts.project_version(world, each) for each in project.versions if not each.archived],
        "versions": lambda: [parts.project_version(world, each) for each in project.versions if not each.archived],
        "security": lambda: [serialise.security_level(world, each) for each in scheme.levels] if scheme else [],
        FLAG_FIELD: lambda: [{"value": "Impediment", "id": "10019"}],
    }
    if name in choices:
        shown.add(*([f"project/{project.id}"] if name in _LISTS or name == "project" else []))
        return choices[name]()
    if own is None or own.kind != "select":
        return None
    where = f"{world.base}/rest/api/3/customFieldOption"
    return [{"self": f"{where}/{id_}", "value": text, "id": id_} for id_, text in own.options.items()]
