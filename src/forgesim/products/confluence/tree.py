"""The page tree: children, descendants, ancestors."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from forgesim.products.confluence import serialise
from forgesim.products.confluence.call import Call, Result
from forgesim.products.confluence.paging import listing, ordered
from forgesim.products.confluence.world import World, ancestors_of, by_id
from forgesim.site.model import Page

__all__ = ["SHOWN", "list_ancestors", "list_children", "list_descendants", "list_direct_children"]

SHOWN = ("current", "archived")

SORTS: dict[str, Callable[[Page], object]] = {
    "created-date": lambda page: page.created_at,
    "id": by_id,
    "child-position": lambda page: page.position,
    "modified-date": lambda page: page.updated_at,
}
TITLED = SORTS | {"title": lambda page: (page.title.casefold(), page.title)}


def list_children(world: World, call: Call) -> Result:
    return _children(world, call, SORTS, lambda page: {"spaceId": page.space_id})


def list_direct_children(world: World, call: Call) -> Result:
    return _children(world, call, TITLED, lambda page: {"type": "page", "spaceId": page.space_id})


def _children(
    world: World,
    call: Call,
    sorts: dict[str, Callable[[Page], object]],
    also: Callable[[Page], dict[str, object]],
) -> Result:
    page = world.page(call.account, call.id("id"))
    return listing(
        call,
        world.base,
        ordered(call, world.index.children.get(page.id, []), sorts),
        ident=lambda each: each.id,
        show=lambda each: serialise.child(each) | also(each),
        reads=lambda each: f"page/{each.id}",
        wanted=lambda each: each.status in SHOWN and world.sees(call.account, each),
    )


def list_descendants(world: World, call: Call) -> Result:
    page = world.page(call.account, call.id("id"))
    below = list(_below(world, page, call.number("depth", 2, 1, 10)))
    return listing(
        call,
        world.base,
        below,
        ident=lambda each: each[0].id,
        show=lambda each: serialise.child(each[0]) | {"type": "page", "parentId": each[0].parent_id, "depth": each[1]},
        reads=lambda each: f"page/{each[0].id}",
        wanted=lambda each: each[0].status in SHOWN and world.sees(call.account, each[0]),
    )


def _below(world: World, top: Page, depth: int) -> Iterator[tuple[Page, int]]:
    """Descendants with their depth, level by level from the top; a loop in the tree ends where it closes."""
    level: Sequence[Page] = [top]
    met = {top.id}
    for at in range(1, depth + 1):
        level = [each for page in level for each in world.index.children.get(page.id, ()) if each.id not in met]
        met.update(each.id for each in level)
        yield from ((page, at) for page in level)


def list_ancestors(world: World, call: Call) -> Result:
    """Ancestors, topmost first; ``limit`` keeps the nearest, and there is no cursor."""
    page = world.page(call.account, call.id("id"))
    limit = call.number("limit", 25, 1, 250)
    nearest = ancestors_of(world, page)[:limit]
    found = [each for each in reversed(nearest) if world.sees(call.account, each)]
    results = [{"id": each.id, "type": "page"} for each in found]
    reads = tuple(f"page/{each.id}" for each in found)
    return Result(payload={"results": results, "_links": {"base": world.base}}, reads=reads)
