"""Searching with CQL: ``search`` finds content and spaces, ``content/search`` content alone (REST API v1).

Without an order of its own a query lists what was changed last first: Confluence's relevance is not published. Content
of archived spaces is left out unless asked for, as are archived pages.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from urllib.parse import urlencode

import msgspec

from forgesim.clock import iso_utc
from forgesim.products.clock import MINUTE_MS, Clock
from forgesim.products.confluence import v1_content
from forgesim.products.confluence.call import Call, Result
from forgesim.products.confluence.cql import parse
from forgesim.products.confluence.cql_index import Entry, plain
from forgesim.products.confluence.cql_match import Around, Matcher, is_dated, modified_at
from forgesim.products.confluence.errors import UnsupportedError, bad_request, forbidden
from forgesim.products.confluence.excerpts import STRATEGIES, excerpt, marked, sought
from forgesim.products.confluence.paging import start_place, url_after
from forgesim.products.confluence.v1_content import Json, Shown
from forgesim.products.confluence.world import World
from forgesim.products.lexemes import well_formed
from forgesim.products.words import Words
from forgesim.site.access import is_known, may_view_space
from forgesim.site.model import Attachment, Space

__all__ = ["cql_of", "limit_of", "search", "search_content"]

MOST, MOST_RENDERED, FARTHEST = 250, 25, 10_000_000
STATUSES = ("current", "archived")
_OTHER_STATUSES = ("any", "deleted", "draft", "historical", "trashed")
MILLISECONDS = 1
"""What ``searchDuration`` says: time that really passes is no part of an answer."""

T = TypeVar("T")


def cql_of(call: Call) -> str:
    """The query of a caller who may use Confluence at all."""
    cql = call.one("cql")
    if not cql or not cql.strip():
        raise bad_request("'cql' is required")
    return well_formed(cql)


def limit_of(call: Call, expand: Sequence[str] = ()) -> int:
    """How many results a page has; more than the most that Confluence gives counts as that."""
    rendered = any(each.endswith(("body.export_view", "body.styled_view")) for each in expand)
    return min(call.number("limit", 25, 0, FARTHEST), MOST_RENDERED if rendered else MOST)


def search(world: World, call: Call) -> Result:
    _require_access(world, call)
    for name in ("next", "prev"):  # the cursor says which way to go
        call.flag(name)
    call.choice("sitePermissionTypeFilter", ("all", "externalCollaborator", "none"))  # concerns users, not found here
    strategy = call.choice("excerpt", STRATEGIES) or "highlight"
    cql, asked = cql_of(call), call.many("expand")
    expand = _content_expansions(call, asked)
    archived, only = call.flag("includeArchivedSpaces"), call.flag("excludeCurrentSpaces")
    spaces = ("archived",) if only else STATUSES if archived else ("current",)
    found = _found(world, call, cql, spaces)
    looked_for, shown = sought(parse(cql).where), Shown(call.account)
    start, page, links = _page(world, call, found, limit_of(call, asked))
    payload = {
        "results": [_item(world, each, expand, strategy, looked_for, shown) for each in page],
        "start": start,
        "limit": limit_of(call, asked),
        "size": len(page),
        "totalSize": len(found),
        "cqlQuery": cql,
        "searchDuration": MILLISECONDS,
        "_links": links,
    }
    return Result(payload=payload, reads=shown.refs)


def search_content(world: World, call: Call) -> Result:
    _require_access(world, call)
    cql, asked = cql_of(call), call.many("expand")
    expand = v1_content.read_expansions(call.operation.name, asked)
    found = [each for each in _found(world, call, cql, ("current",)) if each.kind != "space"]
    shown, limit = Shown(call.account), limit_of(call, asked)
    start, page, links = _page(world, call, found, limit)
    results = [v1_content.content(world, each, expand, shown) for each in page]
    payload = {"results": results, "start": start, "limit": limit, "size": len(page), "_links": links}
    return Result(payload=payload, reads=shown.refs)


def _require_access(world: World, call: Call) -> None:
    """People who are not logged in may search where the site lets them read anything."""
    if not is_known(world.site, call.account) and (call.account is not None or not world.site.anonymous):
        raise forbidden("The caller may not use Confluence")


def _content_expansions(call: Call, asked: Sequence[str]) -> frozenset[str]:
    """Expansions of the content of results; ``space.`` and ``user.`` ones have nothing to expand that is emulated."""
    for each in asked:
        if each.startswith(("space.", "user.")):
            raise UnsupportedError(f"{call.operation.name} with expand={each}")
    inner = [each.removeprefix("content.") for each in asked if each.startswith("content.")]
    return v1_content.read_expansions(call.operation.name, inner)


def _found(world: World, call: Call, cql: str, spaces: Sequence[str]) -> Sequence[Entry]:
    """All that the query matches and the caller may see, in order: selected for the first page, and kept for those that
    follow within the minute. A date is compared to the minute."""
    dated = is_dated(parse(cql).where)
    clock = call.clock.in_minutes() if dated else call.clock.unasked()
    minute = clock.now_ms // MINUTE_MS
    asked = (cql, call.one("cqlcontext"), tuple(spaces), minute, world.stamp(call.account))
    first = call.one("cursor") is None and call.one("start") in (None, "0")
    return world.found.of(asked, lambda: _select(world, call, clock, cql, spaces), anew=first)


def _select(world: World, call: Call, clock: Clock, cql: str, spaces: Sequence[str]) -> list[Entry]:
    around = _around(call)
    matched = Matcher(world, call.account, clock, around).select(parse(cql))
    sees = _sight(world, call.account)
    return [each for each in matched if each.space.status in spaces and _is_held(each, around) and sees(each)]


def _is_held(entry: Entry, around: Around) -> bool:
    if isinstance(entry.of, Attachment) and entry.of.status not in around.statuses:
        return False
    return entry.on is None or entry.on.status in around.statuses


def _sight(world: World, account: str | None) -> Callable[[Entry], bool]:
    """Whether the account sees an entry; each page is judged once."""
    pages: dict[str, bool] = {}

    def sees(entry: Entry) -> bool:
        if entry.on is None:
            return may_view_space(world.site, account, entry.space)
        if entry.on.id not in pages:
            pages[entry.on.id] = world.sees(account, entry.on)
        return pages[entry.on.id]

    return sees


def _around(call: Call) -> Around:
    """``cqlcontext``, read."""
    text = call.one("cqlcontext")
    if text is None:
        return Around()
    given = _object(text)
    key, id_, statuses = given.get("spaceKey"), given.get("contentId"), given.get("contentStatuses", ["current"])
    if type(id_) is int:
        id_ = str(id_)
    if not isinstance(key, str | None) or not isinstance(id_, str | None):
        raise bad_request("'cqlcontext' takes a text as spaceKey and an id as contentId")
    if not isinstance(statuses, list) or not all(each in (*STATUSES, *_OTHER_STATUSES) for each in statuses):
        raise bad_request(f"'cqlcontext' takes a list of statuses as contentStatuses: {', '.join(STATUSES)}")
    if others := sorted(set(statuses) - set(STATUSES)):
        raise UnsupportedError(f"{call.operation.name} with content that is {', '.join(others)}")
    return Around(space_key=key, content_id=id_, statuses=frozenset(statuses or ("current",)))


def _object(text: str) -> dict[str, Any]:
    try:
        given = msgspec.json.decode(text)
    except (ValueError, RecursionError):
        given = None
    if not isinstance(given, dict):
        raise bad_request("'cqlcontext' must be a JSON object")
    return given


def _page(world: World, call: Call, found: Sequence[Entry], limit: int) -> tuple[int, Sequence[Entry], Json]:
    """The entries from the cursor, or ``start``, on, and the links. Links are relative to the context, ``/wiki``."""
    start = start_place(call, found, _ident)
    if call.one("cursor") is None:
        start = min(call.number("start", 0, 0, FARTHEST), len(found))
    page = found[start : start + limit]
    path = call.operation.path
    links: Json = {"base": world.base, "context": "/wiki", "self": f"https://{world.site.host}{path}"}
    if call.query:
        links["self"] = f"{links['self']}?{urlencode(call.query)}"
    last = start + len(page) - 1
    if page and last + 1 < len(found):
        links["next"] = url_after(call, _ident(found[last]), last + 1).removeprefix("/wiki")
    if start and limit:
        before = max(start - limit, 0)
        ident = _ident(found[before - 1]) if before else ""
        links["prev"] = url_after(call, ident, before).removeprefix("/wiki")
    return start, page, links


def _ident(entry: Entry) -> str:
    return v1_content.entry_ref(entry)


def _item(
    world: World, entry: Entry, expand: frozenset[str], strategy: str, looked_for: Sequence[Words], shown: Shown
) -> Json:
    title = v1_content.display_title(entry)
    changed = modified_at(world, entry)
    found: Json = {
        "title": marked(title, looked_for, plain=True) if strategy.startswith("highlight") else title,
        "excerpt": "" if strategy == "none" else excerpt(plain(entry), looked_for, strategy),
        "url": v1_content.web_path(entry),
        "breadcrumbs": [],
        "entityType": "content",
        "iconCssClass": f"aui-icon content-type-{entry.kind}",
        "lastModified": iso_utc(changed),
        "friendlyLastModified": v1_content.friendly(changed),
        "score": 0.0,
    }
    if isinstance(entry.of, Space):
        return {"space": v1_content.space_ref(world, entry.of, shown), **found, "entityType": "space"}
    shown.add(f"space/{entry.space.id}")
    found["resultGlobalContainer"] = {"title": entry.space.name, "displayUrl": f"/spaces/{entry.space.key}"}
    if entry.on is not None and entry.of is not entry.on:
        shown.add(f"page/{entry.on.id}")
        address = f"/spaces/{entry.space.key}/pages/{entry.on.id}"
        found["resultParentContainer"] = {"title": entry.on.title, "displayUrl": address}
    return {"content": v1_content.content(world, entry, expand, shown), **found}
