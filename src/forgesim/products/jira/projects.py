"""Projects, fields, configuration lists, people and the site itself (Atlassian's REST API documents)."""

from __future__ import annotations

from forgesim.products.jira import serialise
from forgesim.products.jira.call import Call, Result
from forgesim.products.jira.errors import UnsupportedError, bad_request, not_found
from forgesim.products.jira.fields import catalogue
from forgesim.products.jira.meta import types_of
from forgesim.products.jira.ordering import ordered
from forgesim.products.jira.paging import offset_page
from forgesim.products.jira.parts import component, project_version
from forgesim.products.jira.people import group
from forgesim.products.jira.serialise import Json, Shown, jira_time
from forgesim.products.jira.world import World
from forgesim.site.jira_model import ISSUE_TYPES, PRIORITIES, RESOLUTIONS, STATUSES, Project
from forgesim.site.model import User

__all__ = [
    "bulk_users", "get_project", "get_user", "list_fields", "list_issue_types", "list_priorities", "list_resolutions",
    "list_statuses", "my_locale", "myself", "project_statuses", "search_fields", "search_projects", "server_info",
]  # fmt: skip

_PROJECT_EXPANDS = ("description", "lead", "issueTypes", "projectKeys", "url", "insight")


def search_projects(world: World, call: Call) -> Result:
    """Visible projects, by key unless ``orderBy`` says name or key with a sign."""
    world.require_access(call.account)
    call.refuse_others("propertyQuery", "properties", "categoryId", "status")
    action = _action(call)
    shown, query = Shown(call.account), (call.one("query") or "").casefold()
    ids, keys, kinds = call.ids("id", 50), call.many("keys"), call.many("typeKey")
    found = [
        each
        for each in world.projects(call.account)
        if (not ids or each.id in ids)
        and (not keys or each.key in keys)
        and (not kinds or each.type_key in kinds)
        and (action is None or _may(world, call, action, each))
        and (query in each.name.casefold() or query in each.key.casefold())
    ]
    found = ordered(
        call, found, {"key": lambda each: each.key, "name": lambda each: each.name.casefold()}, default="key",
        also=("category", "owner", "issueCount", "lastIssueUpdatedDate", "archivedDate", "deletedDate"),
    )  # fmt: skip
    expand = call.many("expand")
    page = offset_page(
        world, call, found, lambda each: serialise.project(world, each, shown, expand, whole=False), size=50, most=100
    )
    return Result(payload=page, reads=shown.refs)


def _action(call: Call) -> str | None:
    """The permission that ``action`` asks for."""
    asked = call.one("action")
    known = {
        None: None, "view": "BROWSE_PROJECTS", "browse": "BROWSE_PROJECTS", "edit": "ADMINISTER_PROJECTS",
        "create": "CREATE_ISSUES",
    }  # fmt: skip
    if asked not in known:
        raise bad_request("action must be one of: view, browse, edit, create.")
    return known[asked]


def _may(world: World, call: Call, permission: str, project: Project) -> bool:
    if permission == "ADMINISTER_PROJECTS":
        return world.administers(call.account, project)
    return world.holds(call.account, permission, project)


def get_project(world: World, call: Call) -> Result:
    world.require_access(call.account)
    project, shown = world.project(call.account, call.params["projectIdOrKey"]), Shown(call.account)
    call.refuse_others("properties")
    expand = [each for each in call.many("expand") if each in _PROJECT_EXPANDS]
    payload = serialise.project(world, project, shown, expand, whole=True)
    payload["components"] = [component(world, each) for each in project.components]
    payload["versions"] = [project_version(world, each) for each in project.versions]
    return Result(payload=payload, reads=shown.refs)


def project_statuses(world: World, call: Call) -> Result:
    world.require_access(call.account)
    project = world.project(call.account, call.params["projectIdOrKey"])
    statuses = [serialise.status(world, each) for each in STATUSES]
    found = [
        {
            "self": f"{world.base}/rest/api/3/issuetype/{each.id}",
            "id": each.id,
            "name": each.name,
            "subtask": each.level < 0,
            "statuses": statuses,
        }
        for each in types_of(project)
    ]
    return Result(payload=found, reads=(f"project/{project.id}",))


def list_fields(world: World, call: Call) -> Result:
    world.require_access(call.account)
    return Result(payload=list(catalogue(world).values()))


def search_fields(world: World, call: Call) -> Result:
    world.require_login(call.account)
    call.refuse_others("projectIds", "expand", "orderBy")
    kinds, ids = call.choices("type", "custom", "system"), call.many("id")
    query = (call.one("query") or "").casefold()
    found = [
        each
        for each in catalogue(world).values()
        if (not kinds or ("custom" if each["custom"] else "system") in kinds)
        and (not ids or each["id"] in ids)
        and query in str(each["name"]).casefold()
    ]

    def show(each: dict[str, object]) -> Json:
        kept = {name: each[name] for name in ("id", "name", "schema", "key")}
        return kept | {"description": "", "isLocked": each["custom"]}

    return Result(payload=offset_page(world, call, found, show, most=100))


def list_statuses(world: World, call: Call) -> Result:
    world.require_access(call.account)
    return Result(payload=[serialise.status(world, each) for each in STATUSES])


def list_issue_types(world: World, call: Call) -> Result:
    world.require_access(call.account)
    return Result(payload=[serialise.issue_type(world, each) for each in ISSUE_TYPES.values()])


def list_priorities(world: World, call: Call) -> Result:
    world.require_login(call.account)
    return Result(payload=[serialise.priority(world, each) for each in PRIORITIES])


def list_resolutions(world: World, call: Call) -> Result:
    world.require_login(call.account)
    return Result(payload=[serialise.resolution(world, each) for each in RESOLUTIONS])


# --- people ---


def myself(world: World, call: Call) -> Result:
    world.require_login(call.account)
    shown, user = Shown(call.account), world.user(call.account)
    assert user is not None
    own = {"locale": user.locale.replace("-", "_"), **_memberships(world, call, user)}
    return Result(payload={**(serialise.user(world, call.account, shown) or {}), **own}, reads=shown.refs)


def my_locale(world: World, call: Call) -> Result:
    """The language that the caller has chosen, which apps translate for (Forge documentation, "i18n API")."""
    world.require_login(call.account)
    user = world.user(call.account)
    assert user is not None
    return Result(payload={"locale": user.locale.replace("-", "_")}, reads=(f"user/{user.account_id}",))


def _memberships(world: World, call: Call, user: User) -> Json:
    """How many groups and applications; which groups where ``expand`` names them."""
    expand = call.many("expand")
    if "applicationRoles" in expand:
        raise UnsupportedError(f"{call.operation.name} with expand=applicationRoles")
    groups = [group(world, each) for each in sorted(user.groups)]
    return {
        "groups": {"size": len(groups), "items": groups if "groups" in expand else []},
        "applicationRoles": {"size": 1, "items": []},
        "expand": "groups,applicationRoles",
    }


def get_user(world: World, call: Call) -> Result:
    world.require_login(call.account)
    account, shown = call.one("accountId"), Shown(call.account)
    if not account:
        raise bad_request("The query parameter 'accountId' is required.")
    user = world.user(account)
    if user is None:
        raise not_found("Specified user does not exist or you do not have required permissions")
    payload = {**(serialise.user(world, account, shown) or {}), **_memberships(world, call, user)}
    return Result(payload=payload, reads=shown.refs)


def bulk_users(world: World, call: Call) -> Result:
    world.require_login(call.account)
    call.refuse_others("username", "key")
    asked = [value for name, value in call.query if name == "accountId"]
    if not asked:
        raise bad_request("The query parameter 'accountId' is required.")
    shown = Shown(call.account)
    found = [each for each in dict.fromkeys(asked) if world.user(each) is not None]
    page = offset_page(world, call, found, lambda each: serialise.user(world, each, shown), size=10, most=200)
    return Result(payload=page, reads=shown.refs)


def server_info(world: World, call: Call) -> Result:
    payload = {
        "baseUrl": world.base,
        "displayUrl": world.base,
        "version": "1001.0.0-SNAPSHOT",
        "versionNumbers": [1001, 0, 0],
        "deploymentType": "Cloud",
        "buildNumber": 100_300,
        "buildDate": "2026-01-01T00:00:00.000+0000",
        "serverTime": jira_time(call.now_ms),
        "scmInfo": "0",
        "serverTitle": "Jira",
        "defaultLocale": {"locale": "en_US"},
    }
    return Result(payload=payload)
