"""What a Confluence export holds, by class and id, without the bodies; and what is wrong with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final

from forgesim.clock import parse_time
from forgesim.errors import InputError, Problem
from forgesim.site.importing.entities import Entity

__all__ = ["CONTENT", "Tables", "read_tables"]

CONTENT: Final = ("Page", "BlogPost")
_KEPT: Final = (
    *("Space", "SpaceDescription", "SpacePermission", "ConfluenceUserImpl", "Comment", "Attachment"),
    *("ContentProperty", "ContentPermissionSet", "ContentPermission", "Label", "Labelling", "LikeEntity", *CONTENT),
)
_PROPERTIES: Final = frozenset(
    ("MEDIA_TYPE", "inline-comment", "inline-marker-ref", "inline-original-selection", "status", "FILESIZE")
)
_EARLIEST_MS, _LATEST_MS = 0, 4_102_444_800_000


@dataclass(slots=True)
class Tables:
    """``by_kind``: class → id → object. ``bodies``: id of a body → id of the content that it is of. ``properties``:
    id of content → name → value. ``former``: id of a page → its earlier versions, in no order."""

    file: str
    by_kind: dict[str, dict[str, Entity]] = field(default_factory=lambda: {kind: {} for kind in _KEPT})
    bodies: dict[str, str] = field(default_factory=dict)
    properties: dict[str, dict[str, str]] = field(default_factory=dict)
    former: dict[str, list[Entity]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)

    def of(self, kind: str) -> dict[str, Entity]:
        return self.by_kind[kind]

    def current(self, kind: str) -> Iterable[Entity]:
        """Objects of the class that are neither drafts, nor in the trash, nor earlier versions."""
        return [
            each
            for each in self.of(kind).values()
            if each.values.get("contentStatus", "current") == "current" and "originalVersion" not in each.refs
        ]

    def time(self, entity: Entity, name: str) -> int | None:
        """Epoch milliseconds of a date, which exports write without a zone: it is taken for UTC."""
        text = entity.values.get(name, "").strip()
        if not text:
            return None
        try:
            at = parse_time(text)
        except (ValueError, OverflowError):
            at = -1
        if _EARLIEST_MS <= at < _LATEST_MS:
            return at
        self.left_out[f"{name} that is no date between 1970 and 2100"] += 1
        return None

    def stop(self, entity: Entity, what: str) -> InputError:
        return InputError(Problem(what=f"{entity.kind} {entity.id}: {what}", file=self.file, line=entity.line))


def read_tables(entities: Callable[[], Iterable[Entity]], file: str) -> Tables:
    """One pass over the export. Raises InputError for ids that are no numbers or are there twice, and for a page tree
    that runs in a circle."""
    tables = Tables(file)
    other: Counter[str] = Counter()
    for entity in entities():
        _take(tables, entity, other)
    for kind in CONTENT:
        for entity in tables.of(kind).values():
            _sort(tables, kind, entity)
    for entity in tables.of("Attachment").values():
        if entity.values.get("contentStatus", "current") != "current":
            tables.left_out["attachment that is a draft or in the trash"] += 1
    _no_circles(tables)
    if other:
        kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(other.items()))
        tables.notes.append(f"objects that a site has no place for are left out: {kinds}")
    return tables


def _take(tables: Tables, entity: Entity, other: Counter[str]) -> None:
    if entity.kind == "BodyContent":
        owner = entity.ref("content")
        if owner is not None and entity.id:
            tables.bodies[entity.id] = owner
        return
    if entity.kind not in _KEPT:
        other[entity.kind[:40] or "(no class)"] += 1
        return
    if entity.kind == "ContentProperty":
        name, owner = entity.values.get("name", ""), entity.ref("content")
        if name in _PROPERTIES and owner is not None:
            value = entity.values.get("stringValue") or entity.values.get("longValue") or ""
            tables.properties.setdefault(owner, {})[name] = value
        return
    known = tables.of(entity.kind)
    if entity.id in known:
        raise tables.stop(entity, "an object of this class and id is there twice")
    if entity.kind != "ConfluenceUserImpl" and not (
        entity.id.isascii() and entity.id.isdigit() and len(entity.id) < 19
    ):
        raise tables.stop(entity, "its id is no number")
    known[entity.id] = entity


def _sort(tables: Tables, kind: str, entity: Entity) -> None:
    """Earlier versions go to their page, and drafts and the trash are counted; bodies are found from both sides."""
    what = "page" if kind == "Page" else "blog post"
    status = entity.values.get("contentStatus", "current")
    original = entity.ref("originalVersion")
    if status == "current" and original is not None:
        tables.former.setdefault(original, []).append(entity)
    elif status != "current":
        tables.left_out[f"{what} that is a draft" if status == "draft" else f"{what} in the trash"] += 1
    for body in entity.refs.get("bodyContents", ()):
        tables.bodies.setdefault(body, entity.id)


def _no_circles(tables: Tables) -> None:
    for kind, name in (("Page", "parent"), ("Comment", "parent")):
        clear: set[str] = set()
        for entity in tables.of(kind).values():
            line: dict[str, None] = {}
            here: Entity | None = entity
            while here is not None and here.id not in clear:
                if here.id in line:
                    raise tables.stop(here, "it lies in itself: its parents form a circle")
                line[here.id] = None
                here = tables.of(kind).get(here.ref(name) or "")
            clear.update(line)
