"""Arguments of a tool call, made to fit the tool's JSON Schema: what a model fills in, with words of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

__all__ = ["arguments"]

DEEPEST: Final = 8
"""Levels of a schema that are filled; what lies deeper is null. Schemas may refer to themselves only by ``$ref``,
which is not followed."""


def arguments(schema: Mapping[str, Any], text: str) -> dict[str, Any]:
    """Every declared property, its texts being ``text``; numbers are the least that the schema allows, choices the
    first."""
    found = _value({**schema, "type": "object"}, text, 0)
    assert isinstance(found, dict)
    return found


def _value(schema: Any, text: str, depth: int) -> Any:
    if not isinstance(schema, Mapping) or depth > DEEPEST:
        return None
    if "const" in schema:
        return schema["const"]
    if isinstance(choices := schema.get("enum"), list) and choices:
        return choices[0]
    kind = schema.get("type")
    match kind[0] if isinstance(kind, list) and kind else kind:
        case "object":
            inner = schema.get("properties")
            named = inner if isinstance(inner, Mapping) else {}
            found: Any = {name: _value(each, text, depth + 1) for name, each in named.items()}
        case "array":
            found = [_value(schema.get("items", {"type": "string"}), text, depth + 1)]
        case "integer" | "number":
            least = schema.get("minimum", 0)
            found = least if isinstance(least, int | float) else 0
        case "boolean":
            found = True
        case "null":
            found = None
        case _:
            most = schema.get("maxLength")
            found = text[:most] if isinstance(most, int) else text
    return found
