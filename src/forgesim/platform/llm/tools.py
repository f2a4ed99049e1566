"""Arguments of a tool call, made to fit the tool's JSON Schema: what a model fills in, with words of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

__all__ = ["MOST_TEXT", "MOST_VALUES", "arguments"]

DEEPEST: Final = 8
"""Levels of a schema that are filled; what lies deeper is null. ``$ref`` is not followed."""
MOST_VALUES: Final = 1_000
"""Values that are filled in; more are left out."""
MOST_TEXT: Final = 1_000_000
"""Characters of all texts together; an app chooses schema and prompt, and so must not choose the size of the answer."""


def arguments(schema: Mapping[str, Any], text: str) -> dict[str, Any]:
    """Every declared property, its texts being ``text``; numbers are the least that the schema allows, choices the
    first."""
    return _Filling(text).fields(schema.get("properties"), 0)


class _Filling:
    """One set of arguments, and what may still be put into it."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._values = MOST_VALUES
        self._left = MOST_TEXT

    def fields(self, properties: object, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, schema in properties.items() if isinstance(properties, Mapping) else ():
            if self._values <= 0:
                break
            found[name] = self._value(schema, depth + 1)
        return found

    def _value(self, schema: Any, depth: int) -> Any:
        self._values -= 1
        if not isinstance(schema, Mapping) or depth > DEEPEST:
            return None
        if "const" in schema:
            return schema["const"]
        if isinstance(choices := schema.get("enum"), list) and choices:
            return choices[0]
        kind = schema.get("type")
        match kind[0] if isinstance(kind, list) and kind else kind:
            case "object":
                found: Any = self.fields(schema.get("properties"), depth)
            case "array":
                found = [self._value(schema.get("items", {"type": "string"}), depth + 1)]
            case "integer" | "number":
                least = schema.get("minimum", 0)
                found = least if isinstance(least, int | float) else 0
            case "boolean":
                found = True
            case "null":
                found = None
            case _:
                found = self._words(schema.get("maxLength"))
        return found

    def _words(self, most: object) -> str:
        longest = most if isinstance(most, int) and most >= 0 else len(self._text)
        words = self._text[: min(longest, self._left)]
        self._left -= len(words)
        return words
