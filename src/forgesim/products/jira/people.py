"""Finding people and groups (Atlassian's REST API documents).

Everybody of a site may look for people. A query matches how a name or one of its words begins, whatever the case;
mail addresses are hidden, so they match nothing. Of the pages here ``startAt`` counts people before the others are
left out that the call does not ask for, as the documents say; so a page may be short.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from forgesim.ids import derive
from forgesim.products.jira import serialise
from forgesim.products.jira.call import Call, Result
from forgesim.products.jira.errors import bad_request, forbidden, not_found
from forgesim.products.jira.paging import offset_page
from forgesim.products.jira.serialise import Json, Shown
from forgesim.products.jira.world import World
from forgesim.site.jira_access import PERMISSIONS
from forgesim.site.jira_model import Issue, Project
from forgesim.site.model import User

__all__ = [
    "all_users", "assignable_users", "assignable_users_of_projects", "bulk_groups", "group", "group_members",
    "permitted_users", "pick_users", "search_users", "user_groups", "viewing_users",
]  # fmt: skip

MOST_PAGE = 1000


def search_users(world: World, call: Call) -> Result:
    """Active or not; a query or an account id is needed. Who has not logged in finds nobody."""
    world.require_access(call.account)
    call.refuse_others("property", "username")
    _needs_query(call)
    return _page(world, call, _asked(world, call), lambda _: call.account is not None)


def all_users(world: World, call: Call) -> Result:
    world.require_login(call.account)
    call.refuse_others("expand")
    return _page(world, call, world.site.users.values(), lambda _: True)


def assignable_users(world: World, call: Call) -> Result:
    """Who may be assigned the issue, or issues of the project."""
    world.require_login(call.account)
    call.refuse_others("sessionId", "username", "actionDescriptorId", "recommend", "accountType", "appType")
    place = _place(world, call, "issueKey", "issueId", "project")
    if place is None:
        raise bad_request("Either the project or the issueKey query parameter is required.")
    return _page(world, call, _asked(world, call), _able(world, place, "ASSIGNABLE_USER"))


def assignable_users_of_projects(world: World, call: Call) -> Result:
    """For whoever may browse the projects, logged in or not."""
    world.require_access(call.account)
    call.refuse_others("username")
    asked = call.many("projectKeys")
    if not asked:
        raise bad_request("The projectKeys query parameter is required.")
    able = [_able(world, world.project(call.account, key), "ASSIGNABLE_USER") for key in asked]
    return _page(world, call, _asked(world, call), lambda user: all(each(user) for each in able))


def permitted_users(world: World, call: Call) -> Result:
    """Who has all of the permissions for the issue or in the project, which the caller has to administer."""
    world.require_access(call.account)
    call.refuse_others("username")
    _needs_query(call)
    asked = call.many("permissions")
    if not asked or any(PERMISSIONS.get(each) != "PROJECT" for each in asked):
        raise bad_request("permissions must be keys of project permissions.")
    place = _place(world, call, "issueKey", "projectKey")
    if place is None:
        raise bad_request("Either the projectKey or the issueKey query parameter is required.")
    if not world.administers(
        call.account, world.site.projects[place.project_id] if isinstance(place, Issue) else place
    ):
        raise forbidden("You do not have permission to see who has permissions in this project.")
    able = [_able(world, place, each) for each in asked]
    return _page(world, call, _asked(world, call), lambda user: all(each(user) for each in able))


def viewing_users(world: World, call: Call) -> Result:
    """Who may see the issue, or issues of the project. Who has not logged in finds nobody."""
    world.require_access(call.account)
    call.refuse_others("username")
    _needs_query(call)
    place = _place(world, call, "issueKey", "projectKey")
    if place is None:
        raise bad_request("Either the projectKey or the issueKey query parameter is required.")
    able = _able(world, place, "BROWSE_PROJECTS")
    return _page(world, call, _asked(world, call), lambda user: call.account is not None and able(user))


def pick_users(world: World, call: Call) -> Result:
    """Who has not logged in finds people by their whole names alone."""
    world.require_access(call.account)
    call.refuse_others("showAvatar", "avatarSize", "excludeConnectUsers", "exclude")
    query = call.one("query")
    if query is None:
        raise bad_request("The query parameter 'query' is required.")
    without, shown = set(call.many("excludeAccountIds")), Shown(call.account)
    found = [
        each
        for each in _matching(world, query)
        if each.active and each.account_id not in without and (call.account is not None or each.name == query)
    ]
    page = found[: call.number("maxResults", 50, MOST_PAGE)]
    shown.add(*(f"user/{each.account_id}" for each in page))
    users = [
        {"accountId": each.account_id, "accountType": each.kind, "html": each.name, "displayName": each.name}
        for each in page
    ]
    header = f"Showing {len(users)} of {len(found)} matching users"
    return Result(payload={"users": users, "total": len(found), "header": header}, reads=shown.refs)


def _needs_query(call: Call) -> None:
    if call.one("query") is None and call.one("accountId") is None:
        raise bad_request("Either the query or the accountId query parameter is required.")


def _asked(world: World, call: Call) -> Iterable[User]:
    account = call.one("accountId")
    if account is not None:
        return [user for user in world.site.users.values() if user.account_id == account]
    return _matching(world, call.one("query") or "")


def _matching(world: World, query: str) -> list[User]:
    low = query.casefold()
    return [
        user
        for user in world.site.users.values()
        if user.name.casefold().startswith(low) or any(word.startswith(low) for word in user.name.casefold().split())
    ]


def _place(world: World, call: Call, *names: str) -> Project | Issue | None:
    for name in names:
        if value := call.one(name):
            return (world.issue if name.startswith("issue") else world.project)(call.account, value)
    return None


def _able(world: World, place: Project | Issue, permission: str) -> Callable[[User], bool]:
    return lambda user: user.active and world.holds(user.account_id, permission, place)


def _page(world: World, call: Call, users: Iterable[User], fits: Callable[[User], bool]) -> Result:
    shown, start = Shown(call.account), call.number("startAt", 0)
    count = call.number("maxResults", 50, MOST_PAGE)
    found = [user for user in users if fits(user)][start : start + count]
    return Result(payload=[serialise.user(world, each.account_id, shown) for each in found], reads=shown.refs)


# --- groups ---


def group(world: World, name: str) -> Json:
    id_ = _group_id(world, name)
    return {"name": name, "groupId": id_, "self": f"{world.base}/rest/api/3/group?groupId={id_}"}


def _group_id(world: World, name: str) -> str:
    """Told from the name: a site's groups have no other id."""
    raw = f"{derive('group', world.site.cloud_id, name):016x}{derive('group', name, world.site.cloud_id):016x}"
    return f"{raw[:8]}-{raw[8:12]}-{raw[12:16]}-{raw[16:20]}-{raw[20:]}"


def _groups(world: World) -> list[str]:
    return sorted({group for user in world.site.users.values() for group in user.groups})


def bulk_groups(world: World, call: Call) -> Result:
    world.require_login(call.account)
    call.refuse_others("accessType", "applicationKey")
    names, ids = set(call.many("groupName")), set(call.many("groupId"))
    found = [
        each
        for each in _groups(world)
        if (not names and not ids) or each in names or _group_id(world, each) in ids
    ]  # fmt: skip

    def show(name: str) -> Json:
        return {"name": name, "groupId": _group_id(world, name)}

    return Result(payload=offset_page(world, call, found, show))


def group_members(world: World, call: Call) -> Result:
    world.require_login(call.account)
    name, id_ = call.one("groupname"), call.one("groupId")
    if (name is None) == (id_ is None):
        raise bad_request("Either the groupname or the groupId query parameter is required.")
    asked = next((each for each in _groups(world) if each == name or _group_id(world, each) == id_), None)
    if asked is None:
        raise not_found("The specified group does not exist.")
    gone, shown = call.flag("includeInactiveUsers"), Shown(call.account)
    found = [each for each in world.site.users.values() if asked in each.groups and (gone or each.active)]
    page = offset_page(world, call, found, lambda each: serialise.user(world, each.account_id, shown))
    return Result(payload=page, reads=shown.refs)


def user_groups(world: World, call: Call) -> Result:
    world.require_login(call.account)
    call.refuse_others("username", "key")
    account = call.one("accountId")
    if not account:
        raise bad_request("The query parameter 'accountId' is required.")
    user = world.user(account)
    if user is None:
        raise not_found("Specified user does not exist or you do not have required permissions")
    return Result(payload=[group(world, each) for each in sorted(user.groups)], reads=(f"user/{account}",))
