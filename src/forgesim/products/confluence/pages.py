"""Reading pages: lists, one page with what may be included, versions, attachments."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from forgesim.products.confluence import serialise
from forgesim.products.confluence.bodies import ALL_FORMATS, Bodies, bodies
from forgesim.products.confluence.call import Call, Result
from forgesim.products.confluence.errors import UnsupportedError, not_found
from forgesim.products.confluence.paging import collection, listing, ordered
from forgesim.products.confluence.properties import page_properties
from forgesim.products.confluence.world import World, by_id, versions_of
from forgesim.site.model import Page, Version

__all__ = [
    "get_attachment",
    "get_page",
    "get_version",
    "list_attachments",
    "list_labelled_pages",
    "list_operations",
    "list_pages",
    "list_space_pages",
    "list_versions",
    "page_result",
]

LISTED = ("current", "archived", "deleted", "trashed")
ONE = ("current", "archived", "trashed", "deleted", "historical", "draft")
NOT_INCLUDED = (
    "include-likes",
    "include-favorited-by-current-user-status",
    "include-webresources",
    "include-collaborators",
)

Sorts = dict[str, Callable[[Page], object]]
SORTS: Sorts = {
    "id": by_id,
    "created-date": lambda page: page.created_at,
    "modified-date": lambda page: page.updated_at,
    "title": lambda page: (page.title.casefold(), page.title),
}


def list_pages(world: World, call: Call) -> Result:
    ids, spaces = call.ids("id", 250), call.ids("space-id", 100)
    pages: Sequence[Page] = world.index.pages
    if ids:
        pages = [world.site.pages[each] for each in ids if each in world.site.pages]
        pages = [page for page in pages if not spaces or page.space_id in spaces]
    elif spaces:
        pages = sorted((page for each in spaces for page in world.index.by_space.get(each, ())), key=by_id)
    subtype = call.choice("subtype", ("live", "page"))
    if subtype is not None:
        pages = [page for page in pages if (page.subtype or "page") == subtype]
    return _page_list(world, call, pages)


def list_space_pages(world: World, call: Call) -> Result:
    space = world.space(call.account, call.id("id"))
    pages: Sequence[Page] = world.index.by_space.get(space.id, ())
    if call.choice("depth", ("all", "root")) == "root":
        pages = [page for page in pages if page.parent_id is None]
    return _page_list(world, call, pages)


def list_labelled_pages(world: World, call: Call) -> Result:
    label = call.id("id")
    spaces = call.ids("space-id", 100)
    pages = [page for page in world.index.pages if any(each.id == label for each in page.labels)]
    if not any(world.sees(call.account, page) for page in pages):
        raise not_found()
    return _page_list(world, call, [page for page in pages if not spaces or page.space_id in spaces])


def _page_list(world: World, call: Call, pages: Sequence[Page]) -> Result:
    statuses = call.choices("status", LISTED, ("current", "archived"))
    title, body, account = call.one("title"), bodies(world, call), call.account
    found = listing(
        call,
        world.base,
        ordered(call, pages, SORTS),
        ident=lambda page: page.id,
        show=lambda page: serialise.page(world, page, body=body),
        reads=lambda page: f"page/{page.id}",
        wanted=lambda page: (
            page.status in statuses and (title is None or page.title == title) and world.sees(account, page)
        ),
    )
    return body.told(found)


def get_page(world: World, call: Call) -> Result:
    page = world.page(call.account, call.id("id"))
    body = bodies(world, call, ALL_FORMATS)
    draft = call.flag("get-draft")
    statuses = call.choices("status", ONE, ("current", "archived", "trashed", *(("draft",) if draft else ())))
    past = _asked_version(page, call, body)
    if page.status not in statuses and not (past and "historical" in statuses):
        raise not_found()
    shown = serialise.page(world, page, body=body, with_version=call.flag("include-version", True), past=past)
    return page_result(world, page, shown | _included(world, call, page), body)


def page_result(world: World, page: Page, shown: dict[str, object], body: Bodies) -> Result:
    """The answer that is one page: its links have the base too."""
    links = shown["_links"]
    assert isinstance(links, dict)
    links["base"] = world.base
    return body.told(Result(payload=shown, reads=(f"page/{page.id}",)))


def _asked_version(page: Page, call: Call, body: Bodies) -> Version | None:
    """The past version that is asked for; None for the current one."""
    number = call.number("version", page.version, 1, 2**31 - 1)
    if number == page.version:
        return None
    past = _version(page, number)
    return past if body.format is None else _kept(call, page, past)


def _kept(call: Call, page: Page, version: Version) -> Version:
    """The version, if its body is known: sites come with the dates of old versions but not with their text."""
    if version.number != page.version and version.body is None:
        raise UnsupportedError(f"{call.operation.name} with the body of version {version.number}, which is not kept")
    return version


def _version(page: Page, number: int) -> Version:
    found = next((each for each in versions_of(page) if each.number == number), None)
    if found is None:
        raise not_found()
    return found


def _included(world: World, call: Call, page: Page) -> dict[str, object]:
    """The sub-collections of the ``include-*`` parameters."""
    for name in NOT_INCLUDED:
        if call.flag(name):
            raise UnsupportedError(f"{call.operation.name} with {name}")
    found: dict[str, object] = {}
    parts: dict[str, Callable[[], list[object]]] = {
        "labels": lambda: [serialise.label(each) for each in page.labels],
        "properties": lambda: list(page_properties(world, page)),
        "operations": lambda: list(_operations(world, call, page)),
        "versions": lambda: [serialise.version(each) for each in versions_of(page)],
    }
    for name, items in parts.items():
        if call.flag(f"include-{name}"):
            found[name] = collection(f"/wiki/api/v2/pages/{page.id}/{name}", items())
    if call.flag("include-direct-children"):
        seen = [each for each in world.index.children.get(page.id, ()) if world.sees(call.account, each)]
        children = [serialise.child(each) | {"type": "page", "spaceId": each.space_id} for each in seen]
        found["directChildren"] = collection(f"/wiki/api/v2/pages/{page.id}/direct-children", children)
    return found


def _operations(world: World, call: Call, page: Page) -> list[dict[str, str]]:
    may = ["read", *(("update", "delete") if world.edits(call.account, page) else ())]
    return [{"operation": each, "targetType": "page"} for each in may]


def list_operations(world: World, call: Call) -> Result:
    page = world.page(call.account, call.id("id"))
    return Result(payload={"operations": _operations(world, call, page)}, reads=(f"page/{page.id}",))


def list_versions(world: World, call: Call) -> Result:
    page = world.page(call.account, call.id("id"))
    body = bodies(world, call)
    sorts: dict[str, Callable[[Version], object]] = {"modified-date": lambda each: each.number}
    found = listing(
        call,
        world.base,
        ordered(call, versions_of(page), sorts),
        ident=lambda each: str(each.number),
        show=lambda each: serialise.page_version(
            page, each if body.format is None else _kept(call, page, each), body=body
        ),
        reads=lambda _: f"page/{page.id}",
    )
    return body.told(found)


def get_version(world: World, call: Call) -> Result:
    page = world.page(call.account, call.id("page-id"))
    found = _version(page, int(call.id("version-number")))
    return Result(payload=serialise.version_detail(page, found), reads=(f"page/{page.id}",))


def list_attachments(world: World, call: Call) -> Result:
    page = world.page(call.account, call.id("id"))
    statuses = call.choices("status", ("current", "archived", "trashed"), ("current", "archived"))
    media, name = call.one("mediaType"), call.one("filename")
    kept = [
        each
        for each in sorted(page.attachments, key=by_id)
        if "current" in statuses and media in (None, each.media_type) and name in (None, each.title)
    ]
    return listing(
        call,
        world.base,
        ordered(call, kept, {key: lambda each: each.created_at for key in ("created-date", "modified-date")}),
        ident=lambda each: each.id,
        show=lambda each: serialise.attachment(world, page, each),
        reads=lambda each: f"attachment/{each.id}",
    )


def get_attachment(world: World, call: Call) -> Result:
    for name in ("labels", "properties", "operations", "versions", "collaborators"):
        if call.flag(f"include-{name}"):
            raise UnsupportedError(f"{call.operation.name} with include-{name}")
    page, found = world.attachment(call.account, call.params["id"])
    return Result(payload=serialise.attachment(world, page, found), reads=(f"attachment/{found.id}",))
