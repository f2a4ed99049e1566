"""Custom entities that a manifest declares (``app.storage.entities``): typed attributes and indexes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from forgesim.manifest.limits import (
    ENTITY_NAME,
    INDEX_NAME,
    LONGEST_ATTRIBUTE,
    MAX_ATTRIBUTES,
    MAX_ENTITIES,
    MAX_INDEXES,
)
from forgesim.manifest.reading import Reader
from forgesim.manifest.tree import Node

__all__ = ["ATTRIBUTE_TYPES", "BY_KEY", "AttributeType", "Entity", "Index", "read_entities"]

AttributeType = Literal["string", "integer", "float", "boolean", "any"]
ATTRIBUTE_TYPES: Final[tuple[AttributeType, ...]] = ("string", "integer", "float", "boolean", "any")

BY_KEY: Final = "by-key"
"""The index that every entity has: no partition, in the order of keys."""

_ENTITY = re.compile(r"[a-z0-9:][a-z0-9:_.-]*")
_ATTRIBUTE = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """An index: rows of one ``partition`` (values of these attributes), in the order of the attribute ``range``."""

    name: str
    range: str
    partition: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """A custom entity. Where two indexes have one name, the first one answers: Forge takes such a manifest, and
    nothing says which of them it asks."""

    name: str
    attributes: Mapping[str, AttributeType]
    indexes: tuple[Index, ...] = ()
    line: int | None = field(default=None, compare=False)

    def index(self, name: str) -> Index | None:
        """The declared index of this name; ``by-key`` is none of them."""
        return next((index for index in self.indexes if index.name == name), None)


def read_entities(reader: Reader, storage: Node | None) -> dict[str, Entity]:
    """Name → entity. What the real server refuses at deploy is an error; what it takes and is of no use, a warning.

    Measured on a live site (reported by a public project, 2026-10-09): two range attributes, an index name under 3,
    over 50 or with a blank, and more than 20 entities are refused; an index name given twice and an ``any`` attribute
    in an index are not. The rest is the published schema (2026-08).
    """
    found: dict[str, Entity] = {}
    if storage is None or storage.value is None:
        return found
    listed = storage.value.get("entities") if isinstance(storage.value, dict) else None
    if listed is None or not reader.is_a(listed, list, "app.storage.entities"):
        return found
    items = reader.items(listed, "app.storage.entities")
    if not items:
        reader.tell(listed, "app.storage.entities is empty", "leave it out")
    if len(items) > MAX_ENTITIES:
        reader.tell(items[MAX_ENTITIES], f"there are {len(items)} entities", f"at most {MAX_ENTITIES}")
    for item in items:
        entity = _entity(reader, item)
        if entity.name in found:
            reader.tell(item, f"the entity {entity.name!r} is there twice", "rename one")
        found.setdefault(entity.name, entity)
    return found


def _entity(reader: Reader, node: Node) -> Entity:
    fields = reader.fields(node, "an entity", required=("name", "attributes"), known=("indexes",))
    name = reader.text(fields, "name", "an entity")
    if name and not _is_entity_name(name):
        hint = "3 to 60 of a-z 0-9 : - _ . not beginning with _ . - nor ending with . nor with .. in it"
        reader.tell(fields["name"], f"the entity name {name!r} is odd", hint)
    attributes = _attributes(reader, fields.get("attributes"), name)
    nodes = reader.items(fields.get("indexes"), f"indexes of {name}")
    if len(nodes) > MAX_INDEXES:
        reader.tell(nodes[MAX_INDEXES], f"{name} has {len(nodes)} indexes", f"at most {MAX_INDEXES}")
    indexes: list[Index] = []
    for each in nodes:
        index = _index(reader, each, name, attributes)
        if index is None:
            continue
        if any(other.name == index.name for other in indexes):
            what = f"{name} has two indexes {index.name!r}: the first one answers here"
            reader.tell(each, what, "rename one: Forge takes it, and does not say which it asks", warning=True)
        indexes.append(index)
    return Entity(name=name, attributes=attributes, indexes=tuple(indexes), line=node.line)


def _is_entity_name(name: str) -> bool:
    shortest, longest = ENTITY_NAME
    fits = shortest <= len(name) <= longest and _ENTITY.fullmatch(name) is not None
    return fits and not name.endswith(".") and ".." not in name


def _attributes(reader: Reader, node: Node | None, entity: str) -> dict[str, AttributeType]:
    found: dict[str, AttributeType] = {}
    if node is None:
        return found
    fields = reader.fields(node, f"attributes of {entity}")
    if len(fields) > MAX_ATTRIBUTES:
        reader.tell(node, f"{entity} has {len(fields)} attributes", f"at most {MAX_ATTRIBUTES}")
    for name, inner in fields.items():
        if len(name) > LONGEST_ATTRIBUTE or not _ATTRIBUTE.fullmatch(name):
            hint = f"a letter, then letters, digits and _, at most {LONGEST_ATTRIBUTE}"
            reader.tell(inner, f"the attribute name {name!r} is odd", hint)
        kind = reader.fields(inner, f"{entity}.{name}", required=("type",), known=()).get("type")
        chosen = reader.choice(kind, f"type of {entity}.{name}", ATTRIBUTE_TYPES) if kind else None
        found[name] = next((known for known in ATTRIBUTE_TYPES if known == chosen), "any")
    return found


def _index(reader: Reader, node: Node, entity: str, attributes: Mapping[str, AttributeType]) -> Index | None:
    """An index as a map, or the name of an attribute alone: an index of that name in the order of it."""
    what = f"an index of {entity}"
    if isinstance(node.value, str):
        _is_known(reader, node, what, attributes)
        return Index(name=node.value, range=node.value)
    fields = reader.fields(node, what, required=("name", "range"), known=("partition",))
    name = reader.text(fields, "name", what)
    if name:
        _check_index_name(reader, fields["name"], name)
    ranges = reader.texts(fields.get("range"), f"range of {name}")
    if "range" in fields and len(ranges) != 1:
        reader.tell(fields["range"], f"the index {name!r} has {len(ranges)} range attributes", "give exactly one")
    divided = fields.get("partition")
    partition = reader.texts(divided, f"partition of {name}") if divided else []
    if divided and divided.value is None:
        reader.is_a(divided, list, f"partition of {name}")
    for each in (*ranges, *partition):
        _is_known(reader, each, f"the index {name!r}", attributes)
    if not name or not ranges:
        return None
    return Index(name=name, range=ranges[0].value, partition=tuple(each.value for each in partition))


def _check_index_name(reader: Reader, node: Node, name: str) -> None:
    shortest, longest = INDEX_NAME
    if not shortest <= len(name) <= longest or any(letter.isspace() for letter in name):
        reader.tell(node, f"the index name {name!r} is odd", f"{shortest} to {longest} characters without blanks")
    elif name == BY_KEY:
        reader.tell(node, f"the index name {BY_KEY!r} is taken", "every entity has it already: rename this one")


def _is_known(reader: Reader, node: Node, what: str, attributes: Mapping[str, AttributeType]) -> None:
    name = node.value
    if name not in attributes:
        known = ", ".join(attributes)
        reader.tell(node, f"{what} names no attribute: {name!r}", f"known: {known}" if known else None)
    elif attributes[name] == "any":
        hint = "give it a type: values of type any are in no index"
        reader.tell(node, f"{what} is over {name!r}, which is of type any", hint, warning=True)
