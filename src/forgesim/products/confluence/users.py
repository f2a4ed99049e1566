"""People: profiles in v2 (users-bulk) and v1 (user, user/current). Mail addresses are hidden, as by default."""

from __future__ import annotations

from forgesim.products.confluence.call import Call, Result
from forgesim.products.confluence.errors import UnsupportedError, bad_request, forbidden, not_found
from forgesim.products.confluence.world import World
from forgesim.site.access import APP_ACCOUNT, is_known
from forgesim.site.model import User

__all__ = ["bulk_users", "current_user", "find_user", "get_user", "profile", "profile_of"]

MOST_ACCOUNTS = 250
PICTURE = "/wiki/aa-avatar/"


def find_user(world: World, account: str) -> User | None:
    if account == APP_ACCOUNT and account not in world.site.users:
        return User(account_id=account, handle="app", name="App", email="", kind="app")
    return world.site.users.get(account)


def _require_access(world: World, call: Call) -> None:
    if not is_known(world.site, call.account):
        raise forbidden("The caller may not use Confluence")


def bulk_users(world: World, call: Call) -> Result:
    """The known ones among the asked accounts, each once, in the order asked."""
    _require_access(world, call)
    asked = call.fields("accountIds")["accountIds"]
    if not isinstance(asked, list) or not asked or not all(isinstance(each, str) for each in asked):
        raise bad_request("'accountIds' must be a list of account ids")
    if len(asked) > MOST_ACCOUNTS:
        raise bad_request(f"'accountIds' takes at most {MOST_ACCOUNTS} ids")
    found = [user for each in dict.fromkeys(asked) if (user := find_user(world, each)) is not None]
    payload = {"results": [_v2(world, user) for user in found], "_links": {"base": world.base}}
    return Result(payload=payload, reads=tuple(f"user/{user.account_id}" for user in found))


def _v2(world: World, user: User) -> dict[str, object]:
    spaces = world.site.spaces.values()
    own = next((each.id for each in spaces if each.kind == "personal" and each.owner == user.account_id), None)
    return {
        "accountId": user.account_id,
        "accountType": user.kind,
        "accountStatus": "closed" if user.closed else "active" if user.active else "inactive",
        "email": "",
        "displayName": user.name,
        "publicName": user.name,
        "timeZone": user.time_zone,
        "personalSpaceId": own,
        "isExternalCollaborator": user.kind == "customer",
        "profilePicture": {"path": PICTURE + user.account_id, "isDefault": True},
    }


def current_user(world: World, call: Call) -> Result:
    _require_access(world, call)
    user = find_user(world, call.account or "")
    assert user is not None
    found = _v1(world, call, user)
    assert isinstance(found.payload, dict)
    found.payload["locale"] = user.locale  # Forge documentation, "i18n API"; in no OpenAPI document
    return found


def get_user(world: World, call: Call) -> Result:
    _require_access(world, call)
    account = call.one("accountId")
    if not account:
        raise bad_request("'accountId' is required")
    user = find_user(world, account)
    if user is None:
        raise not_found()
    return _v1(world, call, user)


def _v1(world: World, call: Call, user: User) -> Result:
    expand = call.many("expand")
    if expand:
        raise UnsupportedError(f"{call.operation.name} with expand={','.join(expand)}")
    shown = profile(world, user)
    links = shown["_links"]
    assert isinstance(links, dict)
    links |= {"base": world.base, "context": "/wiki"}
    return Result(payload=shown, reads=(f"user/{user.account_id}",))


def profile(world: World, user: User) -> dict[str, object]:
    """A person as v1 shows them, alone and in other things."""
    return {
        "type": "known",
        "accountId": user.account_id,
        "accountType": "app" if user.kind == "app" else "atlassian",
        "email": "",
        "publicName": user.name,
        "displayName": user.name,
        "profilePicture": {"path": PICTURE + user.account_id, "width": 48, "height": 48, "isDefault": True},
        "timeZone": user.time_zone,
        "isExternalCollaborator": user.kind == "customer",
        "_expandable": {"operations": "", "personalSpace": ""},
        "_links": {"self": f"{world.base}/rest/api/user?accountId={user.account_id}"},
    }


def profile_of(world: World, account: str) -> dict[str, object]:
    """The person behind an account id; of one that the site does not know, the id alone."""
    user = find_user(world, account)
    return {"type": "unknown", "accountId": account} if user is None else profile(world, user)
