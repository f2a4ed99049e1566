"""``depends_on``: which aspects of a site's content a declared field may follow, so that nothing else may move it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, TypeAlias

from forgesim.manifest.reading import Reader, one_of
from forgesim.manifest.tree import Node
from forgesim.manifest.types import Fields, Maybe, Type

__all__ = ["ASPECTS", "NOTHING", "Aspects", "Depends", "may_follow", "read_depends"]

ASPECTS: Final = ("titles", "bodies", "comments", "labels", "attachments", "people", "times", "points")
"""Form of titles (summaries, names of sprints and boards), form of bodies (descriptions), how many comments, which
labels, how many attachments, who did what, when, and estimates."""

NOTHING: Final = "nothing"

Aspects: TypeAlias = frozenset[str]
Depends: TypeAlias = Mapping[str, Aspects]
"""Dotted path of a field (empty: the whole value) → the aspects that it may follow; other fields say nothing."""


def may_follow(depends: Depends, path: str) -> Aspects | None:
    """The aspects that the field at a path may follow, by the nearest declaration at or above it; null where there is
    none."""
    while path:
        if path in depends:
            return depends[path]
        path = path.rpartition(".")[0]
    return depends.get("")


def read_depends(reader: Reader, node: Node | None, of: Mapping[str, Type | None], what: str) -> Depends:
    """``bodies, labels`` or ``nothing`` for a whole value, or a map of field paths to such texts.

    ``of``: the part of a declaration that a path begins with (empty for a stored value) → its type.
    """
    if node is None or node.value is None:
        return {}
    if not isinstance(node.value, dict):
        return {"": _read_aspects(reader, node, what)}
    paths = set(_paths(of))
    found: dict[str, Aspects] = {}
    for path, item in node.value.items():
        if path not in paths:
            hint = one_of(path, paths)
            reader.tell_at(node.keys.get(path, (None, None)), f"{what} has no field {path!r}", hint)
        found[path] = _read_aspects(reader, item, f"{what}.{path}")
    return found


def _read_aspects(reader: Reader, node: Node, what: str) -> Aspects:
    if isinstance(node.value, str):
        names = [(node, name.strip()) for name in node.value.split(",")]
    else:
        names = [(item, item.value) for item in reader.texts(node, what)]
    for place, name in names:
        if name not in (*ASPECTS, NOTHING) or (name == NOTHING and len(names) > 1):
            reader.tell(place, f"{what} cannot be {name!r}", one_of(name, (*ASPECTS, NOTHING)))
    return frozenset(name for _, name in names) - {NOTHING}


def _paths(of: Mapping[str, Type | None]) -> Iterator[str]:
    for part, kind in of.items():
        if kind is not None:
            yield from ([part] if part else [])
            yield from _inside(kind, part)


def _inside(kind: Type, path: str) -> Iterator[str]:
    if isinstance(kind, Maybe):
        yield from _inside(kind.of, path)
    elif isinstance(kind, Fields):
        for name, inner in kind.fields.items():
            below = f"{path}.{name}" if path else name
            yield below
            yield from _inside(inner, below)
