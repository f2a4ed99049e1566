"""The JSON Schema of site files, for editors. It follows from the model's classes, as the reader does.

The reader alone decides: a schema cannot say that a name exists, or that a page does not lie in itself.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import msgspec

from forgesim.site.file.gather import NESTED, aliases
from forgesim.site.file.record import NAMES, collections, fields, positional
from forgesim.site.model import Comment, Page, Site

__all__ = ["site_schema", "write_schema"]

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_TIME: Final = {"type": ["string", "integer"], "description": "2026-01-05T09:00:00Z, or epoch milliseconds"}
_REQUIRED: Final = {
    "User": ["handle"],
    "Space": ["key"],
    "Page": ["title"],
    "Project": ["key"],
    "Issue": ["summary"],
    "Sprint": ["name"],
    "Label": ["name"],
}
"""What a person has to write; everything else can be worked out, or is told where it lies."""
_NAMED: Final = {
    "space_id": "the key of a space, or its id",
    "parent_id": "the title or key of what it lies in, or its id",
    "project_id": "the key of a project, or its id",
    "board_id": "the name of a board, or its id",
    "homepage_id": "the title of the space's first page, or its id",
    "type_id": "Story, Task, Bug, Epic, Sub-task, or an id",
    "status_id": "To Do, In Progress, In Review, Done, or an id",
    "priority_id": "Highest to Lowest, or an id",
    "resolution_id": "Done, Won't Do, or an id",
    "author": "a person's handle, or an account id",
    "viewers": "handles, account ids or group:NAME; null is everybody",
    "editors": "handles, account ids or group:NAME; null is everybody",
}


def site_schema() -> dict[str, Any]:
    """The schema of a site file."""
    kinds = _kinds()
    anything = {"description": "any JSON value"}
    _, found = msgspec.json.schema_components(kinds, schema_hook=lambda _: anything, ref_template="#/$defs/{name}")
    own = found.pop("Site")
    for kind in kinds:
        if kind is not Site:
            found[kind.__name__].pop("description", None)
            found[kind.__name__] = _record(kind, found[kind.__name__])
    properties: dict[str, Any] = {}
    for name, schema in own["properties"].items():
        shown = NAMES.get(name, name)
        record = collections().get(name)
        properties[shown] = _list(record.__name__) if record is not None else schema
    properties["clock"] = _TIME
    properties["variables"]["description"] = "$name → value for scenarios and --with; worked out where left out"
    return {
        "$schema": _DIALECT,
        "title": "A site of forgesim",
        "description": "People, spaces with pages, projects with boards and issues. What is left out is worked out.",
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
        "$defs": dict(sorted(found.items())),
    }


def _kinds() -> list[type]:
    """Every record class that a site holds, from the top."""
    found: list[type] = [Site]
    for kind in found:
        found += [each.record for each in fields(kind).values() if each.record is not None and each.record not in found]
    return found


def _record(kind: type, schema: dict[str, Any]) -> dict[str, Any]:
    """The fields of a record under the model's names and the shorter ones; most may be left out."""
    if positional(kind):
        return {"anyOf": [schema, {"type": "object", "properties": {key: {} for key in fields(kind)}}]}
    properties = {name: _property(kind, name, each) for name, each in schema["properties"].items()}
    for short, name in aliases(kind).items():
        properties[short] = properties[name]
    for name, record in collections().items():
        if record is kind:
            properties |= {key: _list(collections()[target].__name__) for key, target in NESTED.get(name, {}).items()}
    if kind is Page or kind is Comment:
        properties["text"] = {"type": "string", "description": "the body as plain text, a paragraph a line"}
    if kind.__name__ == "Attachment":
        properties["text"] = {"type": "string", "description": "its data, where that is text"}
        properties["file"] = {"type": "string", "description": "path of its data, from the folder of the site file"}
    result = {"type": "object", "properties": properties, "additionalProperties": False}
    if kind.__name__ in _REQUIRED:
        result["required"] = _REQUIRED[kind.__name__]
    return result


def _property(kind: type, name: str, schema: dict[str, Any]) -> dict[str, Any]:
    field = fields(kind)[name]
    if field.time:
        return {**_TIME, "type": ["string", "integer", "null"]} if "null" in json.dumps(schema) else dict(_TIME)
    if (name == "id" or name.endswith("_id")) and schema.get("type") == "string":
        schema = {"type": ["string", "integer"]}
    return {**schema, "description": _NAMED[name]} if name in _NAMED else schema


def _list(name: str) -> dict[str, Any]:
    return {"type": "array", "items": {"$ref": f"#/$defs/{name}"}}


def write_schema(folder: Path) -> None:
    """Write ``site.schema.json`` into a folder, the same bytes each time."""
    text = json.dumps(site_schema(), indent=2, ensure_ascii=False) + "\n"
    (folder / "site.schema.json").write_text(text, encoding="utf-8")
