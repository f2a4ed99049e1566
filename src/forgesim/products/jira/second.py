"""The second version of the API, an alias of the third: what is a document (ADF) there is plain text here.

Both ways: a document that is answered becomes its words, a text that is sent becomes a document with a paragraph a
line. Wiki markup is neither written nor understood.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from forgesim.products.jira.world import World
from forgesim.site.jira_text import document, plain

__all__ = ["as_documents", "as_text", "is_second"]

_RICH = ("description", "environment")
_SAID = ("body", "comment")


def is_second(path: str) -> bool:
    """Whether a path is one of the second version."""
    return path.startswith("/rest/api/2/")


def as_text(world: World, payload: Any) -> Any:
    """The answer with documents as text, and links to the second version."""
    if isinstance(payload, dict):
        if payload.get("type") == "doc" and isinstance(payload.get("content"), list):
            return plain(payload)
        return {key: as_text(world, value) for key, value in payload.items()}
    if isinstance(payload, list | tuple):
        return [as_text(world, each) for each in payload]
    third = f"{world.base}/rest/api/3/"
    if isinstance(payload, str) and payload.startswith(third):
        return f"{world.base}/rest/api/2/{payload.removeprefix(third)}"
    return payload


def as_documents(world: World, body: bytes) -> bytes:
    """The request with texts as documents, where the third version wants such. What is no JSON object stays."""
    try:
        found = msgspec.json.decode(body)
    except (ValueError, RecursionError):
        return body
    return msgspec.json.encode(_request(world, found)) if isinstance(found, dict) else body


def _request(world: World, found: Mapping[str, Any]) -> dict[str, Any]:
    own = [each.id for each in world.site.jira.fields.values() if each.kind == "paragraph"]
    result = {key: _text(value) if key in _SAID else value for key, value in found.items()}
    if isinstance(result.get("fields"), dict):
        rich = {*_RICH, *own}
        result["fields"] = {key: _text(value) if key in rich else value for key, value in result["fields"].items()}
    if isinstance(result.get("update"), dict):
        result["update"] = {key: _steps(key, value, {*_RICH, *own}) for key, value in result["update"].items()}
    if isinstance(result.get("issueUpdates"), list):
        result["issueUpdates"] = [
            _request(world, each) if isinstance(each, dict) else each for each in result["issueUpdates"]
        ]
    return result


def _steps(field: str, steps: Any, rich: set[str]) -> Any:
    if field not in rich or not isinstance(steps, list):
        return steps
    return [{verb: _text(value) for verb, value in step.items()} if isinstance(step, dict) else step for step in steps]


def _text(value: Any) -> Any:
    return document(value) if isinstance(value, str) else value
