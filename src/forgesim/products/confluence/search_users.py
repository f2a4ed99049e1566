"""Searching people with CQL: ``search/user``, which knows the fields of users and no other (REST API v1)."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

from forgesim.clock import iso_utc
from forgesim.products.confluence.call import Call, Result
from forgesim.products.confluence.cql import And, Clause, Node, Not, parse, wrong
from forgesim.products.confluence.cql_fields import user_field
from forgesim.products.confluence.errors import UnsupportedError, bad_request, forbidden
from forgesim.products.confluence.search import FARTHEST, MILLISECONDS, cql_of, limit_of
from forgesim.products.confluence.users import profile
from forgesim.products.confluence.world import World
from forgesim.products.words import folded
from forgesim.site.access import is_known
from forgesim.site.model import User

__all__ = ["search_users"]

Test = Callable[[User], bool]

_FILTERS: dict[str, Test] = {
    "none": lambda user: user.kind != "customer",
    "externalCollaborator": lambda user: user.kind == "customer",
    "all": lambda user: True,
}


def search_users(world: World, call: Call) -> Result:
    """Active people, by name."""
    if not is_known(world.site, call.account):
        raise forbidden("The caller may not use Confluence")
    if call.many("expand"):
        raise UnsupportedError(f"{call.operation.name} with expand={','.join(call.many('expand'))}")
    cql, limit, start = cql_of(call), limit_of(call), call.number("start", 0, 0, FARTHEST)
    kept = _FILTERS[call.choice("sitePermissionTypeFilter", tuple(_FILTERS)) or "none"]
    query = parse(cql)
    if query.order:
        raise bad_request("Could not parse cql : a search of users cannot be ordered")
    test = _test(query.where, call.account)
    people = sorted(world.site.users.values(), key=lambda user: (folded(user.name), user.account_id))
    found = [user for user in people if user.active and not user.closed and kept(user) and test(user)]
    page = found[start : start + limit]
    payload = {
        "results": [_item(world, user) for user in page],
        "start": start,
        "limit": limit,
        "size": len(page),
        "totalSize": len(found),
        "cqlQuery": cql,
        "searchDuration": MILLISECONDS,
        "_links": _links(world, call, start, limit, len(found)),
    }
    return Result(payload=payload, reads=tuple(f"user/{user.account_id}" for user in page))


def _links(world: World, call: Call, start: int, limit: int, total: int) -> dict[str, str]:
    path = call.operation.path
    kept = [pair for pair in call.query if pair[0] not in ("start", "limit")]

    def at(place: int) -> str:
        return f"{path.removeprefix('/wiki')}?{urlencode([*kept, ('start', str(place)), ('limit', str(limit))])}"

    own = f"https://{world.site.host}{path}?{urlencode(call.query)}"
    links = {"base": world.base, "context": "/wiki", "self": own}
    if limit and start + limit < total:
        links["next"] = at(start + limit)
    if limit and start:
        links["prev"] = at(max(start - limit, 0))
    return links


def _item(world: World, user: User) -> dict[str, object]:
    return {
        "user": profile(world, user),
        "title": user.name,
        "excerpt": "",
        "url": f"/people/{user.account_id}",
        "breadcrumbs": [],
        "entityType": "user",
        "iconCssClass": "aui-icon content-type-profile",
        "lastModified": iso_utc(user.updated_at),
        "score": 0.0,
    }


def _test(node: Node, account: str | None) -> Test:
    if isinstance(node, Clause):
        return _clause(node, account)
    if isinstance(node, Not):
        inner = _test(node.part, account)
        return lambda user: not inner(user)
    parts = [_test(part, account) for part in node.parts]
    if isinstance(node, And):
        return lambda user: all(part(user) for part in parts)
    return lambda user: any(part(user) for part in parts)


def _clause(clause: Clause, account: str | None) -> Test:
    field = user_field(clause)
    texts = [_operand(clause, index, account) for index in range(len(clause.values))]
    if field == "type":
        if any(each.lower() != "user" for each in texts):
            raise wrong("a search of users finds type=user alone", clause.at)
        return lambda user: True
    if field == "user.fullname":
        starts = [folded(part) for part in texts[0].replace("*", " ").split()]
        if not starts:
            raise wrong("there is no name to look for", clause.at)
        found = clause.op == "~"
        return lambda user: _starts(user.name, starts) == found
    inside = clause.op in ("=", "in")
    return lambda user: (user.account_id in texts) == inside


def _starts(name: str, starts: list[str]) -> bool:
    """Whether each start begins a word of the name."""
    words = folded(name).split()
    return all(any(word.startswith(start) for word in words) for start in starts)


def _operand(clause: Clause, index: int, account: str | None) -> str:
    value = clause.values[index]
    if value.arguments is None:
        return value.text
    if value.text.lower() == "currentuser" and not value.arguments and clause.field in ("user", "user.accountid"):
        return account or ""
    raise wrong(f"the field '{clause.field}' does not take {value}", clause.at)
