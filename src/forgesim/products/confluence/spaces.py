"""Reading spaces, and labels of spaces, pages, blog posts and attachments."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from forgesim.products.confluence import serialise
from forgesim.products.confluence.call import Call, Result
from forgesim.products.confluence.errors import UnsupportedError
from forgesim.products.confluence.held import held
from forgesim.products.confluence.paging import collection, listing, ordered
from forgesim.products.confluence.properties import space_properties
from forgesim.products.confluence.space_writes import operations_on, permissions_of
from forgesim.products.confluence.world import World, by_id
from forgesim.site.access import may_view_space
from forgesim.site.model import Label, Space

__all__ = [
    "get_space",
    "list_content_labels",
    "list_file_labels",
    "list_labels",
    "list_page_labels",
    "list_space_labels",
    "list_spaces",
]

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
    labels = frozenset(call.many("labels"))
    return [
        space
        for space in sorted(world.site.spaces.values(), key=by_id)
        if (not ids or space.id in ids)
        and (not keys or space.key in keys)
        and kind in (None, space.kind)
        and status in (None, space.status)
        and (not labels or not labels.isdisjoint(each.name for each in space.labels))
    ]


def get_space(world: World, call: Call) -> Result:
    if call.flag("include-role-assignments"):
        raise UnsupportedError(f"{call.operation.name} with include-role-assignments")
    space = world.space(call.account, call.id("id"))
    description = call.choice("description-format", DESCRIPTIONS)
    shown = serialise.space(space, description, icon=call.flag("include-icon"))
    shown["_links"] = {"webui": f"/spaces/{space.key}", "base": world.base}
    parts: dict[str, Callable[[], Sequence[object]]] = {
        "labels": lambda: [serialise.label(each) for each in space.labels],
        "properties": lambda: space_properties(world, space),
        "operations": lambda: operations_on(world, call, space),
        "permissions": lambda: permissions_of(world, space),
    }
    for part, items in parts.items():
        if call.flag(f"include-{part}"):
            shown[part] = collection(f"/wiki/api/v2/spaces/{space.id}/{part}", items())
    return Result(payload=shown, reads=(f"space/{space.id}",))


def list_page_labels(world: World, call: Call) -> Result:
    page = held(world, call)
    return _prefixed(world, call, page.labels, f"page/{page.id}")


def list_file_labels(world: World, call: Call) -> Result:
    _, file = world.attachment(call.account, call.params["id"])
    return _prefixed(world, call, file.labels, f"attachment/{file.id}")


def _prefixed(world: World, call: Call, labels: Iterable[Label], ref: str) -> Result:
    prefix = call.choice("prefix", PREFIXES)
    return _labels(world, call, sorted((each for each in labels if prefix in (None, each.prefix)), key=by_id), ref)


def list_labels(world: World, call: Call) -> Result:
    """The labels of the site that are on something that the caller sees. Each is shown with what it is on first."""
    ids, prefixes = call.ids("label-id", 250), call.choices("prefix", PREFIXES, PREFIXES)
    found: dict[str, tuple[Label, str]] = {}
    for label, ref in _seen_labels(world, call):
        if label.prefix in prefixes and (not ids or label.id in ids):
            found.setdefault(label.id, (label, ref))
    refs = {label.id: ref for label, ref in found.values()}
    return listing(
        call,
        world.base,
        ordered(call, sorted((label for label, _ in found.values()), key=by_id), LABEL_SORTS),
        ident=lambda each: each.id,
        show=serialise.label,
        reads=lambda each: refs[each.id],
    )


def _seen_labels(world: World, call: Call) -> Iterator[tuple[Label, str]]:
    for pages in world.index.labelled.values():
        for page in pages:
            if world.sees(call.account, page):
                yield from ((label, f"page/{page.id}") for label in page.labels)
    for page, file in world.index.files:
        if file.labels and world.sees(call.account, page):
            yield from ((label, f"attachment/{file.id}") for label in file.labels)
    for space in world.site.spaces.values():
        if space.labels and may_view_space(world.site, call.account, space):
            yield from ((label, f"space/{space.id}") for label in space.labels)


def list_space_labels(world: World, call: Call) -> Result:
    space = world.space(call.account, call.id("id"))
    prefix = call.choice("prefix", SPACE_PREFIXES)
    wanted = SPACE_PREFIXES if prefix is None else (prefix,)
    labels = sorted((each for each in space.labels if each.prefix in wanted), key=by_id)
    return _labels(world, call, labels, f"space/{space.id}")


def list_content_labels(world: World, call: Call) -> Result:
    """The labels of the pages of a space that the caller may see, each once; without ``prefix`` my and team
    only.
    """
    space = world.space(call.account, call.id("id"))
    prefix = call.choice("prefix", SPACE_PREFIXES)
    wanted = SPACE_PREFIXES if prefix is None else (prefix,)
    found = {
        each.id: each
        for page in (*world.index.by_space.get(space.id, ()), *world.index.posts_in.get(space.id, ()))
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
