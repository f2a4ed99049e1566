"""The JSON schema of documents that Atlassian publishes, as a validator and as a source of drawn documents."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from hypothesis import strategies as st
from jsonschema import (  # type: ignore[import-untyped]  # its types are a package of their own
    Draft4Validator,
    ValidationError,
    validators,
)

__all__ = ["BEYOND", "documents", "problem", "published"]

Json = dict[str, Any]

BEYOND = {
    "date_node": "the marker of an inline comment may stand on it",
    "emoji_node": "the marker of an inline comment may stand on it",
    "inlineCard_node": "the marker of an inline comment may stand on it",
    "mention_node": "the marker of an inline comment may stand on it",
    "status_node": "the marker of an inline comment may stand on it",
    "layoutSection_with_single_column_node": "storage format has sections of one, four and five columns",
}
"""What ours takes from the package's schema of the next stage: else a page read and written again would lose it."""


@cache
def published(folder: Path) -> Json:
    """The schema of a folder that holds ``full.json`` and ``stage-0.json``, with what is ``BEYOND`` it."""
    schema: Json
    schema, later = (msgspec.json.decode((folder / name).read_bytes()) for name in ("full.json", "stage-0.json"))
    known = schema["definitions"]
    for name in BEYOND:
        known[name] = later["definitions"][name]
    sections = known["doc_node"]["properties"]["content"]["items"]["anyOf"]
    sections.append({"$ref": "#/definitions/layoutSection_with_single_column_node"})
    return schema


def problem(schema: Json, document: Json) -> str | None:
    """Why a document is none by the schema. Attributes that begin with ``__`` are private to who writes them."""
    shown, validator = _public(document), _validator(schema)
    for at, node in enumerate(shown.get("content", ())):
        alone = shown | {"content": [node]}
        if not validator.is_valid(alone):
            return f"content[{at}]: {msgspec.json.encode(node).decode()}"
    return None if validator.is_valid(shown | {"content": []}) else "the document itself"


def _validator(schema: Json) -> Any:
    """A validator that does not go into options for nodes of another type: that would take a hundred times as long."""
    known = schema["definitions"]

    def any_of(validator: Any, options: list[Json], value: Any, _part: Json) -> Iterator[Any]:
        own = value.get("type") if isinstance(value, dict) else None
        fit = (each for each in options if own in (types := _types(known, each)) or not types)
        if not any(validator.evolve(schema=each).is_valid(value) for each in fit):
            yield ValidationError("none of the options")

    return validators.extend(Draft4Validator, {"anyOf": any_of})(schema)


def _types(known: Json, part: Json) -> list[Any]:
    """The values of ``type`` that an option is for; none where it does not say."""
    if "$ref" in part:
        return _types(known, known[part["$ref"].rpartition("/")[2]])
    found: list[Any] = part.get("properties", {}).get("type", {}).get("enum", [])
    return found or next((each for held in part.get("allOf", ()) if (each := _types(known, held))), [])


def _public(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _public(held) for key, held in value.items() if not key.startswith("__")}
    return [_public(each) for each in value] if isinstance(value, list) else value


def documents(schema: Json, deepest: int) -> st.SearchStrategy[Json]:
    """Documents near to the schema, most of them allowed. Deeper than ``deepest`` lists are as short as may be."""
    known = schema["definitions"]

    @st.composite
    def drawn(draw: st.DrawFn, part: Json, depth: int) -> Any:
        if "$ref" in part:
            return draw(drawn(known[part["$ref"].rpartition("/")[2]], depth + 1))
        if "allOf" in part:
            return {key: value for each in part["allOf"] for key, value in draw(drawn(each, depth)).items()}
        if "anyOf" in part:
            options = part["anyOf"] if depth < deepest else _simplest(part["anyOf"])
            return draw(drawn(draw(st.sampled_from(options)), depth))
        if "enum" in part:
            return draw(st.sampled_from(part["enum"]))
        if part.get("type") == "object":
            must = part.get("required", ())
            given = {
                name: held
                for name, held in part.get("properties", {}).items()
                if name in must or (depth < deepest and draw(st.booleans()))
            }
            return {name: draw(drawn(held, depth)) for name, held in given.items()}
        if part.get("type") == "array":
            return draw(_list(part, depth)) if "items" in part else []
        return draw(_plain(part))

    @st.composite
    def _list(draw: st.DrawFn, part: Json, depth: int) -> list[Any]:
        items, least = part["items"], part.get("minItems", 0)
        most = min(part.get("maxItems", 3), len(items) if isinstance(items, list) else 3)
        many = draw(st.integers(least, max(least, most if depth < deepest else least)))
        return [draw(drawn(items[at] if isinstance(items, list) else items, depth)) for at in range(many)]

    return drawn({"$ref": "#/definitions/doc_node"}, 0)


def _plain(part: Json) -> st.SearchStrategy[Any]:
    """A value without parts; what the schema says nothing of is an empty object."""
    match part.get("type"):
        case "string":
            return _TEXTS
        case "number":
            return st.integers(int(part.get("minimum", 0)), int(part.get("maximum", 9)))
        case "boolean":
            return st.booleans()
        case _:
            return st.just({})


_TEXTS = st.sampled_from(["red", "blue sky", "#ff0000", "green", "1767571200000", "https://a.example/"])


def _simplest(options: list[Json]) -> list[Json]:
    plain = [
        each for each in options if each.get("$ref", "").endswith(("paragraph_with_no_marks_node", "hardBreak_node"))
    ]
    return plain or options[:1]
