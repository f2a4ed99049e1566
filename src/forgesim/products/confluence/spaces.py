"""Reading spaces and labels. Spaces carry no labels of their own here, so filters by label find none."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from forgesim.products.confluence import serialise
from forgesim.products.confluence.call import Call, Result
from forgesim.products.confluence.errors import UnsupportedError
from forgesim.products.confluence.paging import listing, ordered
from forgesim.products.confluence.world import World, by_id
from forgesim.site.access import may_view_space
from forgesim.site.model import Label, Space

__all__ = ["get_space", "list_content_labels", "list_page_labels", "list_space_labels", "list_spaces"]

TYPES = (
    "global",
    "collaboration",
    "knowledge_base",
    "personal",
    "system",
    "onboarding",
    "xflow_sample_space",
)
STATUSES = ("current", "archived", "trashed")
DESCRIPTIONS = ("plain", "view")
PREFIXES = ("my", "team", "global", "system")
SPACE_PREFIXES = ("my", "team")
MOST_KEYS = 250

SORTS: dict[str, Callable[[Space], object]] = {
    "id": by_id,
    "key": lambda space: space.key,
    "name": lambda space: (space.name.casefold(), space.name),
}
LABEL_SORTS: dict[str, Callable[[Label], object]] = {
    "created-date": by_id,
    "id": by_id,
    "name": lambda label: label.name,
}


def list_spaces(world: World, call: Call) -> Result:
    for name in ("favorited-by", "not-favorited-by"):
        if call.one(name) is not None:
            raise UnsupportedError(f"{call.operation.name} with {name}")
    description, icon = call.choice("description-format", DESCRIPTIONS), call.flag("include-icon")
    return listing(
        call,
        world.base,
        ordered(call, _asked(world, call), SORTS),
        ident=lambda space: space.id,
        show=lambda space: serialise.space(space, description, icon=icon),
        reads=lambda space: f"space/{space.id}",
        wanted=lambda space: may_view_space(world.site, call.account, space),
    )


def _asked(world: World, call: Call) -> Sequence[Space]:
    """The spaces that the filters leave, by id."""
    ids, keys = call.ids("ids", 250), frozenset(call.many("keys")[:MOST_KEYS])
    kind, status = call.choice("type", TYPES), call.choice("status", STATUSES)
    if call.many("labels"):
        return []
    return [
        space
        for space in sorted(world.site.spaces.values(), key=by_id)
        if (not ids or space.id in ids)
        and (not keys or space.key in keys)
        and kind in (None, space.kind)
        and status in (None, space.status)
    ]


def get_space(world: World, call: Call) -> Result:
    for name in ("labels", "operations", "permissions", "role-assignments", "properties"):
        if call.flag(f"include-{name}"):
            raise UnsupportedError(f"{call.operation.name} with include-{name}")
    space = world.space(call.account, call.id("id"))
    description = call.choice("description-format", DESCRIPTIONS)
    shown = serialise.space(space, description, icon=call.flag("include-icon"))
    shown["_links"] = {"webui": f"/spaces/{space.key}", "base": world.base}
    return Result(payload=shown, reads=(f"space/{space.id}",))


def list_page_labels(world: World, call: Call) -> Result:
    page = world.page(call.account, call.id("id"))
    prefix = call.choice("prefix", PREFIXES)
    labels = sorted((each for each in page.labels if prefix in (None, each.prefix)), key=by_id)
    return _labels(world, call, labels, f"page/{page.id}")


def list_space_labels(world: World, call: Call) -> Result:
    space = world.space(call.account, call.id("id"))
    call.choice("prefix", SPACE_PREFIXES)
    return _labels(world, call, [], f"space/{space.id}")


def list_content_labels(world: World, call: Call) -> Result:
    """The labels of the pages of a space that the caller may see, each once; without ``prefix`` my and team
    only.
    """
    space = world.space(call.account, call.id("id"))
    prefix = call.choice("prefix", SPACE_PREFIXES)
    wanted = SPACE_PREFIXES if prefix is None else (prefix,)
    found = {
        each.id: each
        for page in world.index.by_space.get(space.id, ())
        if page.status == "current" and world.sees(call.account, page)
        for each in page.labels
        if each.prefix in wanted
    }
    return _labels(world, call, sorted(found.values(), key=by_id), f"space/{space.id}")


def _labels(world: World, call: Call, labels: Sequence[Label], ref: str) -> Result:
    return listing(
        call,
        world.base,
        ordered(call, labels, LABEL_SORTS),
        ident=lambda each: each.id,
        show=serialise.label,
        reads=lambda _: ref,
    )
