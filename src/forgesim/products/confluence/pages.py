"""Reading pages and blog posts: lists, one of them with what may be included, versions."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from forgesim.products.confluence import serialise
from forgesim.products.confluence.bodies import ALL_FORMATS, Bodies, bodies
from forgesim.products.confluence.call import Call, Result
from forgesim.products.confluence.errors import UnsupportedError, not_found
from forgesim.products.confluence.held import address, held, kind_of
from forgesim.products.confluence.paging import INCLUDED, collection, listing, ordered
from forgesim.products.confluence.properties import properties_of
from forgesim.products.confluence.tree import SHOWN
from forgesim.products.confluence.world import World, by_id, versions_of
from forgesim.site.access import may_delete_page, may_edit_page
from forgesim.site.model import Page, Version

__all__ = [
    "get_page",
    "get_version",
    "labelled",
    "list_labelled_pages",
    "list_labelled_posts",
    "list_operations",
    "list_pages",
    "list_posts",
    "list_space_pages",
    "list_space_posts",
    "list_versions",
    "operations_on",
    "page_result",
]

LISTED = {"page": ("current", "archived", "deleted", "trashed"), "blogpost": ("current", "deleted", "trashed")}
ONE = ("current", "archived", "trashed", "deleted", "historical", "draft")
NOT_INCLUDED = (
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
    pages = _asked(world, call, "page", world.index.pages, world.index.by_space)
    subtype = call.choice("subtype", ("live", "page"))
    return _page_list(world, call, pages, also=lambda page: subtype in (None, page.subtype or "page"))


def list_posts(world: World, call: Call) -> Result:
    return _page_list(world, call, _asked(world, call, "blogpost", world.index.posts, world.index.posts_in))


def _asked(
    world: World, call: Call, kind: str, everything: Sequence[Page], in_space: Mapping[str, Sequence[Page]]
) -> Sequence[Page]:
    """What the filters by id and space leave, by id."""
    ids, spaces = call.ids("id", 250), call.ids("space-id", 100)
    if ids:
        pages = [world.site.pages[each] for each in ids if each in world.site.pages]
        return [page for page in pages if page.kind == kind and (not spaces or page.space_id in spaces)]
    if len(spaces) > 1:
        return _selected(
            world, call, "spaces", lambda: sorted((p for each in spaces for p in in_space.get(each, ())), key=by_id)
        )
    return in_space.get(spaces[0], ()) if spaces else everything


def list_space_posts(world: World, call: Call) -> Result:
    space = world.space(call.account, call.id("id"))
    return _page_list(world, call, world.index.posts_in.get(space.id, ()), "blogpost")


def list_space_pages(world: World, call: Call) -> Result:
    space = world.space(call.account, call.id("id"))
    pages: Sequence[Page] = world.index.by_space.get(space.id, ())
    root = call.choice("depth", ("all", "root")) == "root"
    return _page_list(world, call, pages, also=lambda page: not root or page.parent_id is None)


def list_labelled_pages(world: World, call: Call) -> Result:
    return _labelled_list(world, call, "page")


def list_labelled_posts(world: World, call: Call) -> Result:
    return _labelled_list(world, call, "blogpost")


def _labelled_list(world: World, call: Call, kind: str) -> Result:
    spaces = call.ids("space-id", 100)
    return _page_list(
        world, call, labelled(world, call), kind,
        also=lambda page: page.kind == kind and (not spaces or page.space_id in spaces),
    )  # fmt: skip


def labelled(world: World, call: Call) -> Sequence[Page]:
    """All that carries the label of the path. A label that is on nothing that the caller sees is none to them."""
    label = call.id("id")
    pages = world.index.labelled.get(label, ())
    files = (page for page, file in world.index.files if any(each.id == label for each in file.labels))
    if not any(world.sees(call.account, page) for page in (*pages, *files)):
        raise not_found()
    return pages


def _page_list(
    world: World,
    call: Call,
    pages: Sequence[Page],
    kind: str | None = None,
    *,
    also: Callable[[Page], bool] = lambda _: True,
) -> Result:
    """Those of ``pages``, which are by id, that the filters and ``also`` leave and the caller sees. Each is looked at
    when a list reaches it, unless the parameters name its title or sort the list."""
    statuses = call.choices("status", LISTED[kind or kind_of(call)], ("current", "archived"))
    title, body, account = call.one("title"), bodies(world, call), call.account
    if title is not None:
        pages = _titled(world, pages, title)
    if call.one("sort") not in (None, "id"):
        unsorted = pages
        pages = _selected(world, call, "sort", lambda: ordered(call, unsorted, SORTS, presorted="id"))
    found = listing(
        call,
        world.base,
        pages,
        ident=lambda page: page.id,
        show=lambda page: serialise.page(world, page, body=body),
        reads=lambda page: f"page/{page.id}",
        wanted=lambda page: (
            page.status in statuses
            and (title is None or page.title == title)
            and also(page)
            and world.sees(account, page)
        ),
    )
    return body.told(found)


def _titled(world: World, pages: Sequence[Page], title: str) -> Sequence[Page]:
    """Those of ``pages``, which are by id, that have the title."""
    return [
        page
        for page in world.titled(title)
        if (at := bisect_left(pages, by_id(page), key=by_id)) < len(pages) and pages[at] is page
    ]


def _selected(world: World, call: Call, by: str, select: Callable[[], Sequence[Page]]) -> Sequence[Page]:
    """A list that takes a look at all its pages: made for its first page, and kept for those that follow."""
    asked = tuple(pair for pair in call.query if pair[0] not in ("cursor", "limit"))
    key = (call.operation.name, by, tuple(sorted(call.params.items())), asked, world.stamp(call.account))
    return world.lists.of(key, select, anew=call.one("cursor") is None)


def get_page(world: World, call: Call) -> Result:
    page = held(world, call)
    body = bodies(world, call, ALL_FORMATS)
    draft = call.flag("get-draft")
    statuses = call.choices("status", ONE, ("current", "archived", "trashed", *(("draft",) if draft else ())))
    past = _asked_version(page, call, body)
    if page.status not in statuses and not (past and "historical" in statuses):
        raise not_found()
    shown = serialise.page(world, page, body=body, with_version=call.flag("include-version", True), past=past)
    included, beside = _included(world, call, page)
    result = page_result(world, page, shown | included, body)
    return replace(result, reads=(*result.reads, *beside))


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


def _included(world: World, call: Call, page: Page) -> tuple[dict[str, object], tuple[str, ...]]:
    """The sub-collections of the ``include-*`` parameters, and the refs of what they show beside the page."""
    for name in NOT_INCLUDED:
        if call.flag(name):
            raise UnsupportedError(f"{call.operation.name} with {name}")
    found: dict[str, object] = {}
    parts: dict[str, Callable[[], Sequence[object]]] = {
        "labels": lambda: [serialise.label(each) for each in page.labels],
        "properties": lambda: properties_of(world, page, page),
        "operations": lambda: list(operations_on(world, call, page)),
        "likes": lambda: [{"accountId": each} for each in page.likes],
        "versions": lambda: [serialise.version(each) for each in versions_of(page)],
    }
    for name, items in parts.items():
        if call.flag(f"include-{name}"):
            found[name] = collection(f"{address(page)}/{name}", items())
    if call.flag("include-direct-children"):
        below = world.index.children.get(page.id, ())
        seen = [each for each in below if each.status in SHOWN and world.sees(call.account, each)]
        children = [serialise.child(each) | {"type": "page", "spaceId": each.space_id} for each in seen]
        found["directChildren"] = collection(f"/wiki/api/v2/pages/{page.id}/direct-children", children)
        return found, tuple(f"page/{each.id}" for each in seen[:INCLUDED])
    return found, ()


def operations_on(world: World, call: Call, page: Page) -> list[dict[str, str]]:
    """What the caller may do with it."""
    may = ["read"]
    may += ["update"] if may_edit_page(world.site, call.account, page) else []
    may += ["delete"] if may_delete_page(world.site, call.account, page) else []
    return [{"operation": each, "targetType": page.kind} for each in may]


def list_operations(world: World, call: Call) -> Result:
    page = held(world, call)
    return Result(payload={"operations": operations_on(world, call, page)}, reads=(f"page/{page.id}",))


def list_versions(world: World, call: Call) -> Result:
    page = held(world, call)
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
    page = held(world, call)
    found = _version(page, int(call.id("version-number")))
    return Result(
        payload=serialise.version_detail([each.number for each in versions_of(page)], found), reads=(f"page/{page.id}",)
    )
