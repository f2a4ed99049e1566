"""Who may read and who may update a page or blog post: the restrictions that stand on it, seen and changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Literal

from forgesim.products.confluence.call import Call, Result
from forgesim.products.confluence.errors import Refused, UnsupportedError, bad_request, forbidden, not_found
from forgesim.products.confluence.events import page_event
from forgesim.products.confluence.groups import group
from forgesim.products.confluence.held import held
from forgesim.products.confluence.users import find_user, profile
from forgesim.products.confluence.world import World
from forgesim.site.access import group_may, is_known, may_delete_page, may_edit_page, may_restrict_page, may_view_page
from forgesim.site.groups import find_group
from forgesim.site.model import Page

__all__ = [
    "add_name",
    "add_restrictions",
    "check_permission",
    "delete_restrictions",
    "get_one",
    "has_name",
    "list_by_operation",
    "list_restrictions",
    "put_restrictions",
    "remove_name",
]

Operation = Literal["read", "update"]
OPERATIONS: tuple[Operation, ...] = ("read", "update")
EXPAND = frozenset(
    each
    for of in ("", "read.", "update.")
    for each in (f"{of}restrictions.user", f"{of}restrictions.group", f"{of}restrictions")
)
Json = dict[str, Any]


def _listed(page: Page, operation: Operation) -> list[str]:
    return list((page.viewers if operation == "read" else page.editors) or ())


def _set(page: Page, operation: Operation, names: Iterable[str]) -> None:
    """Nobody listed restricts nothing."""
    listed = list(dict.fromkeys(names)) or None
    if operation == "read":
        page.viewers = listed
    else:
        page.editors = listed


def _operation(call: Call) -> Operation:
    found = next((each for each in OPERATIONS if each == call.params["operationKey"]), None)
    if found is None:
        raise bad_request("the operation must be read or update")
    return found


def _expanded(call: Call) -> None:
    if others := sorted(set(call.many("expand")) - EXPAND):
        raise UnsupportedError(f"{call.operation.name} with expand={','.join(others)}")


def _shown(world: World, call: Call, page: Page, operation: Operation) -> Json:
    names = _listed(page, operation)
    start, limit = call.number("start", 0, 0, 2**31 - 1), call.number("limit", 100, 1, 2**31 - 1)
    users = [user for name in names if (user := find_user(world, name)) is not None]
    groups = [found for name in names if (found := _group_of(world, name)) is not None]
    parts = {}
    for kind, items in (("user", [profile(world, each) for each in users]), ("group", list(map(group, groups)))):
        some = items[start : start + limit]
        parts[kind] = {"results": some, "start": start, "limit": limit, "size": len(some), "totalSize": len(items)}
    path = f"{world.base}/rest/api/content/{page.id}/restriction/byOperation/{operation}"
    return {
        "operation": operation,
        "restrictions": {**parts, "_expandable": {}},
        "_expandable": {"content": f"/rest/api/content/{page.id}"},
        "_links": {"self": path},
    }


def _group_of(world: World, name: str) -> Any:
    return find_group(world.site, name.removeprefix("group:")) if name.startswith("group:") else None


def _reads(world: World, page: Page, *operations: Operation) -> tuple[str, ...]:
    names = dict.fromkeys(name for each in operations for name in _listed(page, each))
    return (f"page/{page.id}", *(f"user/{name}" for name in names if find_user(world, name) is not None))


def list_restrictions(world: World, call: Call) -> Result:
    _expanded(call)
    return _all(world, call, _seen(world, call))


def _seen(world: World, call: Call) -> Page:
    """The page, for those who may use the site: a restriction names people."""
    page = held(world, call)
    if not is_known(world.site, call.account):
        raise forbidden("The caller may not use Confluence")
    return page


def _all(world: World, call: Call, page: Page) -> Result:
    payload = {
        "results": [_shown(world, call, page, each) for each in OPERATIONS],
        "start": 0,
        "limit": 100,
        "size": len(OPERATIONS),
        "restrictionsHash": "",
        "_links": {
            "base": world.base,
            "context": "/wiki",
            "self": f"{world.base}/rest/api/content/{page.id}/restriction",
        },
    }
    return Result(payload=payload, reads=_reads(world, page, *OPERATIONS))


def list_by_operation(world: World, call: Call) -> Result:
    _expanded(call)
    page = _seen(world, call)
    payload = {each: _shown(world, call, page, each) for each in OPERATIONS}
    return Result(payload=payload, reads=_reads(world, page, *OPERATIONS))


def get_one(world: World, call: Call) -> Result:
    _expanded(call)
    page, operation = _seen(world, call), _operation(call)
    return Result(payload=_shown(world, call, page, operation), reads=_reads(world, page, operation))


# --- changes ---


def _to_change(world: World, call: Call) -> Page:
    page = held(world, call)
    if not may_restrict_page(world.site, call.account, page):
        raise forbidden()
    return page


def _changed(world: World, call: Call, page: Page) -> None:
    world.changed()
    if page.status != "draft":
        told = page_event(world.site, page, "permissions_updated", call.now_ms, by=call.account)
        call.happened.append(told)


def add_restrictions(world: World, call: Call) -> Result:
    return _write(world, call, lambda page, operation, names: [*_listed(page, operation), *names])


def put_restrictions(world: World, call: Call) -> Result:
    """What the body does not name is not restricted afterwards."""
    return _write(world, call, lambda _page, _operation, names: names, clear=True)


def delete_restrictions(world: World, call: Call) -> Result:
    _expanded(call)
    page = _to_change(world, call)
    answer = _all(world, call, page)
    for each in OPERATIONS:
        _set(page, each, ())
    _changed(world, call, page)
    return answer


Combine = Callable[[Page, Operation, list[str]], list[str]]


def _write(world: World, call: Call, combine: Combine, *, clear: bool = False) -> Result:
    _expanded(call)
    page = _to_change(world, call)
    asked = _asked(world, call)
    for each in OPERATIONS:
        if clear or each in asked:
            _set(page, each, combine(page, each, asked.get(each, [])))
    _changed(world, call, page)
    return _all(world, call, page)


def _asked(world: World, call: Call) -> dict[Operation, list[str]]:
    """Operation → the names that the body lists for it."""
    given = call.json()
    items = given.get("results") if isinstance(given, dict) else given
    if not isinstance(items, list):
        raise bad_request("the body must be a list of restrictions")
    found: dict[Operation, list[str]] = {}
    for item in items:
        operation = next(
            (each for each in OPERATIONS if isinstance(item, dict) and item.get("operation") == each), None
        )
        if operation is None:
            raise bad_request("'operation' must be read or update")
        listed = item.get("restrictions")
        if not isinstance(listed, dict):
            raise bad_request("'restrictions' must be an object with user and group")
        found.setdefault(operation, []).extend(_names(world, listed))
    return found


def _names(world: World, listed: Json) -> list[str]:
    found = []
    for item in _entries(listed.get("user")):
        account = str(item.get("accountId"))
        if find_user(world, account) is None:
            raise bad_request(f"no user has the account id {account}")
        found.append(account)
    for item in _entries(listed.get("group")):
        one = find_group(world.site, str(item.get("id") or item.get("name")))
        if one is None:
            raise bad_request("no such group")
        found.append(f"group:{one.name}")
    return found


def _entries(given: object) -> list[Json]:
    items = given.get("results") if isinstance(given, dict) else given
    if items is None:
        return []
    if not isinstance(items, list) or not all(isinstance(each, dict) for each in items):
        raise bad_request("'user' and 'group' must be lists of objects")
    return items


def _subject(world: World, call: Call) -> str:
    """The user or group that the call names, as lists write it."""
    if "groupId" in call.params:
        found = find_group(world.site, call.params["groupId"])
        if found is None:
            raise not_found()
        return f"group:{found.name}"
    for name in ("key", "username"):
        if call.one(name) is not None:
            raise bad_request(f"'{name}' is no longer taken: use accountId")
    account = call.one("accountId")
    if not account:
        raise bad_request("'accountId' is required")
    if find_user(world, account) is None:
        raise not_found()
    return account


def has_name(world: World, call: Call) -> Result:
    """200 where the restriction lists the user or group, 404 where it does not."""
    page, operation, name = _seen(world, call), _operation(call), _subject(world, call)
    if name not in _listed(page, operation):
        raise not_found()
    return Result(payload=None, reads=(f"page/{page.id}",))


def add_name(world: World, call: Call) -> Result:
    page, operation, name = _to_change(world, call), _operation(call), _subject(world, call)
    _set(page, operation, [*_listed(page, operation), name])
    _changed(world, call, page)
    return Result(payload=None)


def remove_name(world: World, call: Call) -> Result:
    page, operation, name = _to_change(world, call), _operation(call), _subject(world, call)
    if name not in _listed(page, operation):
        raise not_found()
    _set(page, operation, [each for each in _listed(page, operation) if each != name])
    _changed(world, call, page)
    return Result(payload=None)


# --- may somebody? ---


def check_permission(world: World, call: Call) -> Result:
    """Whether a user or group may read, update or delete; of others than themselves only admins of the site ask."""
    if not is_known(world.site, call.account):
        raise forbidden("The caller may not use Confluence")
    page = held(world, call)
    fields = call.fields("subject", "operation")
    subject, operation = fields["subject"], fields["operation"]
    if operation not in ("read", "update", "delete"):
        raise bad_request("'operation' must be read, update or delete")
    if not isinstance(subject, dict) or subject.get("type") not in ("user", "group"):
        raise bad_request("'subject' must have a type, user or group, and an identifier")
    name = subject.get("identifier")
    if not isinstance(name, str):
        raise bad_request("'subject.identifier' must be a string")
    asker = world.site.users.get(call.account or "")
    if not (asker is not None and asker.admin) and name != call.account:
        raise forbidden("Only administrators may ask about others")
    payload = {"hasPermission": _allowed(world, page, subject["type"], name, operation), "errors": [], "_links": {}}
    return Result(payload=payload, reads=(f"page/{page.id}",))


def _allowed(world: World, page: Page, kind: str, name: str, operation: str) -> bool:
    if kind == "group":
        one = find_group(world.site, name)
        if one is None:
            raise Refused(404, "No such group")
        return group_may(world.site, one.name, operation, page)
    if find_user(world, name) is None:
        raise Refused(404, "No such user")
    ask = {"read": may_view_page, "update": may_edit_page, "delete": may_delete_page}[operation]
    return ask(world.site, name, page)
