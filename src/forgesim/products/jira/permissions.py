"""Who may do what, as Jira tells it: permissions held, projects where they are, schemes and security levels."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from forgesim.products.jira import serialise
from forgesim.products.jira.call import Call, Result
from forgesim.products.jira.errors import UnsupportedError, bad_request, forbidden, not_found
from forgesim.products.jira.serialise import Json
from forgesim.products.jira.world import World
from forgesim.site.jira_access import PERMISSIONS, holds_globally
from forgesim.site.jira_model import Issue, Project
from forgesim.site.jira_parts import PermissionScheme, SecurityScheme

__all__ = [
    "all_permissions", "check_permissions", "get_permission_scheme", "get_security_level", "get_security_scheme",
    "list_permission_schemes", "list_security_schemes", "my_permissions", "permitted_projects",
    "project_permission_scheme", "project_security_levels", "project_security_scheme",
]  # fmt: skip

MOST_CHECKED = 1000
_IDS = {key: str(number) for number, key in enumerate(PERMISSIONS, 1)}


def _told(key: str) -> Json:
    name = key.replace("_", " ").capitalize()
    return {"id": _IDS[key], "key": key, "name": name, "type": PERMISSIONS[key], "description": ""}


def my_permissions(world: World, call: Call) -> Result:
    """Which of the asked permissions the caller has: for the named issue, in the named project, else in any."""
    world.require_access(call.account)
    asked = call.many("permissions")
    if not asked:
        raise bad_request("The 'permissions' query parameter is required.")
    call.refuse_others("projectUuid", "projectConfigurationUuid", "commentId")
    if unknown := [each for each in asked if each not in PERMISSIONS]:
        raise bad_request(f"Unrecognized permission(s): {', '.join(unknown)}.")
    places = _context(world, call)
    found = {each: _told(each) | {"havePermission": _holds(world, call.account, each, places)} for each in asked}
    return Result(payload={"permissions": found})


def _context(world: World, call: Call) -> list[Project | Issue]:
    for name in ("issueKey", "issueId"):
        if value := call.one(name):
            return [world.issue(call.account, value)]
    for name in ("projectKey", "projectId"):
        if value := call.one(name):
            return [world.project(call.account, value)]
    return list(world.projects(call.account))


def _holds(world: World, account: str | None, permission: str, places: Iterable[Project | Issue]) -> bool:
    if PERMISSIONS[permission] == "GLOBAL":
        return holds_globally(world.site, account, permission)
    return any(world.holds(account, permission, each) for each in places)


def all_permissions(world: World, call: Call) -> Result:
    world.require_access(call.account)
    return Result(payload={"permissions": {key: _told(key) for key in PERMISSIONS}})


def check_permissions(world: World, call: Call) -> Result:
    """Of the named permissions, projects and issues those that ``accountId`` (else the caller) has; of others' only
    admins are told."""
    world.require_access(call.account)
    body = call.json()
    account = body.get("accountId", call.account)
    if account != call.account and not holds_globally(world.site, call.account, "ADMINISTER"):
        raise forbidden("You do not have permission to check the permissions of another user.")
    if not isinstance(account, str | None) or (account is not None and world.user(account) is None):
        raise bad_request("The user specified by accountId does not exist.")
    asked = body.get("projectPermissions") or []
    if not isinstance(asked, list) or not all(isinstance(each, dict) for each in asked):
        raise bad_request("projectPermissions must be a list of objects.")
    granted = [key for key in _keys(body, "globalPermissions", "GLOBAL") if holds_globally(world.site, account, key)]
    held = [found for each in asked for found in _checked(world, account, each)]
    return Result(payload={"globalPermissions": granted, "projectPermissions": held})


def _checked(world: World, account: str | None, asked: dict[str, Any]) -> list[Json]:
    projects, issues = _numbers(asked, "projects"), _numbers(asked, "issues")
    found = []
    for key in _keys(asked, "permissions", "PROJECT"):
        where = [each for each in projects if _in(world, account, key, world.site.projects.get(str(each)))]
        on = [each for each in issues if _in(world, account, key, world.site.issues.get(str(each)))]
        found.append({"permission": key, "projects": where, "issues": on})
    return found


def _in(world: World, account: str | None, key: str, place: Project | Issue | None) -> bool:
    return place is not None and world.holds(account, key, place)


def _numbers(body: dict[str, Any], name: str) -> list[int]:
    found = body.get(name) or []
    if not isinstance(found, list) or not all(type(each) is int for each in found) or len(found) > MOST_CHECKED:
        raise bad_request(f"{name} must be a list of at most {MOST_CHECKED} ids.")
    return found


def _keys(body: dict[str, Any], name: str, kind: str) -> list[str]:
    found = body.get(name) or []
    if not isinstance(found, list) or not all(isinstance(each, str) for each in found):
        raise bad_request(f"{name} must be a list of permission keys.")
    if unknown := [each for each in found if PERMISSIONS.get(each) != kind]:
        raise bad_request(f"Unrecognized permission(s): {', '.join(unknown)}.")
    return list(dict.fromkeys(found))


def permitted_projects(world: World, call: Call) -> Result:
    """The projects where the caller has all of the permissions."""
    world.require_access(call.account)
    asked = _keys(call.json(), "permissions", "PROJECT")
    if not asked:
        raise bad_request("permissions must hold at least one permission key.")
    found = [
        each for each in world.projects(call.account) if all(world.holds(call.account, key, each) for key in asked)
    ]
    payload = {"projects": [{"id": int(each.id), "key": each.key} for each in found]}
    return Result(payload=payload, reads=tuple(f"project/{each.id}" for each in found))


# --- schemes ---


def list_permission_schemes(world: World, call: Call) -> Result:
    world.require_login(call.account)
    grants = _with_grants(call)
    found = [_scheme(world, each, grants=grants) for each in world.site.jira.permission_schemes.values()]
    return Result(payload={"permissionSchemes": found})


def get_permission_scheme(world: World, call: Call) -> Result:
    world.require_login(call.account)
    found = world.site.jira.permission_schemes.get(call.id("schemeId"))
    if found is None:
        raise not_found("The permission scheme does not exist.")
    return Result(payload=_scheme(world, found, grants=_with_grants(call)))


def project_permission_scheme(world: World, call: Call) -> Result:
    """For who administers the project. A project that only names its viewers and editors has a scheme 0 that says
    just that."""
    project = _administered(world, call, call.params["projectKeyOrId"])
    scheme = world.site.jira.permission_schemes.get(project.scheme_id or "") or _simple(project)
    return Result(payload=_scheme(world, scheme, grants=_with_grants(call)), reads=(f"project/{project.id}",))


def _simple(project: Project) -> PermissionScheme:
    def holders(listed: list[str] | None) -> tuple[str, ...]:
        if listed is None:
            return ("signedIn",)
        return tuple(each if each.startswith("group:") else f"user:{each}" for each in listed)

    grants = {"BROWSE_PROJECTS": holders(project.viewers), "EDIT_ISSUES": holders(project.editors)}
    return PermissionScheme(id="0", name="Default software scheme", grants=grants)


def _administered(world: World, call: Call, asked: str) -> Project:
    world.require_access(call.account)
    project = world.project(call.account, asked)
    if not world.administers(call.account, project):
        raise forbidden("You do not have permission to see the schemes of this project.")
    return project


def _with_grants(call: Call) -> bool:
    """Whether the grants are shown, which any value of ``expand`` asks for. No grant of a site is of a field, so that
    there is nothing to say of one."""
    expand = call.many("expand")
    if more := next((each for each in expand if each in ("all", "group", "projectRole", "user")), None):
        raise UnsupportedError(f"{call.operation.name} with expand={more}")
    return bool(expand)


def _scheme(world: World, of: PermissionScheme, *, grants: bool) -> Json:
    where = f"{world.base}/rest/api/3/permissionscheme/{of.id}"
    found: Json = {"expand": "permissions,user,group,projectRole,field,all", "self": where, "id": int(of.id)}
    found |= {"name": of.name, "description": of.description}
    if not grants:
        return found
    granted = [(key, holder) for key, holders in of.grants.items() for holder in holders]
    found["permissions"] = [
        {"id": number, "self": f"{where}/permission/{number}", "holder": _holder(holder), "permission": key}
        for number, (key, holder) in enumerate(granted, 1)
    ]
    return found


_HOLDERS = {
    "anyone": "anyone", "signedIn": "applicationRole", "lead": "projectLead", "reporter": "reporter",
    "assignee": "assignee", "creator": "creator",
}  # fmt: skip


def _holder(holder: str) -> Json:
    kind, _, value = holder.partition(":")
    if kind in ("user", "group", "role"):
        return {"type": "projectRole" if kind == "role" else kind, "parameter": value, "value": value}
    return {"type": _HOLDERS.get(holder, holder)}


def list_security_schemes(world: World, call: Call) -> Result:
    world.require_admin(call.account)
    found = [_security(world, each) for each in world.site.jira.security_schemes.values()]
    return Result(payload={"issueSecuritySchemes": found})


def get_security_scheme(world: World, call: Call) -> Result:
    """For admins of the site, and of a project that uses it."""
    id_ = call.id("id")
    using = [each for each in world.site.projects.values() if each.security_id == id_]
    if not any(world.administers(call.account, each) for each in using):
        world.require_admin(call.account)
    found = world.site.jira.security_schemes.get(id_)
    if found is None:
        raise not_found("The issue security scheme does not exist.")
    return Result(payload=_security(world, found, levels=True))


def project_security_scheme(world: World, call: Call) -> Result:
    project = _administered(world, call, call.params["projectKeyOrId"])
    found = world.site.jira.security_schemes.get(project.security_id or "")
    if found is None:
        raise not_found("The project has no issue security scheme.")
    return Result(payload=_security(world, found, levels=True), reads=(f"project/{project.id}",))


def project_security_levels(world: World, call: Call) -> Result:
    """The levels that the caller may set: those that they would still see the issue with."""
    world.require_access(call.account)
    project = world.project(call.account, call.params["projectKeyOrId"])
    scheme = world.site.jira.security_schemes.get(project.security_id or "")
    may = world.holds(call.account, "SET_ISSUE_SECURITY", project)
    levels = [serialise.security_level(world, each) for each in scheme.levels] if scheme and may else []
    return Result(payload={"levels": levels}, reads=(f"project/{project.id}",))


def get_security_level(world: World, call: Call) -> Result:
    """Whoever asks, as the document has it: no permission is required."""
    world.require_access(call.account)
    id_ = call.params["id"]
    for scheme in world.site.jira.security_schemes.values():
        for level in scheme.levels:
            if level.id == id_:
                return Result(payload=serialise.security_level(world, level))
    raise not_found("The security level does not exist.")


def _security(world: World, of: SecurityScheme, *, levels: bool = False) -> Json:
    found: Json = {
        "self": f"{world.base}/rest/api/3/issuesecurityschemes/{of.id}",
        "id": int(of.id),
        "name": of.name,
        "description": of.description,
    }
    if of.default_level is not None:
        found["defaultSecurityLevelId"] = int(of.default_level)
    return found | ({"levels": [serialise.security_level(world, each) for each in of.levels]} if levels else {})
