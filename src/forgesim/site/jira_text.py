"""Rich text of issues: the Atlassian Document Format (ADF) and plain text, one paragraph a line."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

__all__ = ["document", "mentioned", "plain", "reworded"]

_BLOCKS = frozenset(("paragraph", "heading", "codeBlock", "blockquote", "listItem", "tableCell", "tableHeader", "rule"))
_DEEPEST = 100
_WORDS = ("text", "title", "alt", "url", "href", "shortName")
"""Attributes of nodes and marks that hold words."""


def document(text: str | dict[str, Any]) -> dict[str, Any]:
    """The ADF document of plain text; a document stays as it is."""
    if isinstance(text, dict):
        return text
    paragraphs = [
        {"type": "paragraph", "content": [{"type": "text", "text": line}]} for line in text.split("\n") if line
    ]
    return {"type": "doc", "version": 1, "content": paragraphs}


def plain(text: str | dict[str, Any]) -> str:
    """The words of a document, one block a line; plain text stays as it is."""
    if isinstance(text, str):
        return text
    found: list[str] = []
    _collect(text, found, 0)
    return "\n".join(line.strip() for line in "".join(found).split("\n") if line.strip())


def mentioned(text: str | dict[str, Any]) -> list[str]:
    """The account ids that a document mentions, each once, in order; plain text mentions nobody."""
    found: dict[str, None] = {}
    waiting = [(text, 0)] if isinstance(text, dict) else []
    while waiting:
        node, depth = waiting.pop()
        attributes, content = node.get("attrs"), node.get("content")
        if node.get("type") == "mention" and isinstance(attributes, dict) and isinstance(attributes.get("id"), str):
            found[attributes["id"]] = None
        if depth < _DEEPEST and isinstance(content, list):
            waiting += [(each, depth + 1) for each in reversed(content) if isinstance(each, dict)]
    return list(found)


def _collect(node: Any, found: list[str], depth: int) -> None:
    if depth > _DEEPEST or not isinstance(node, dict):
        return
    if isinstance(node.get("text"), str):
        found.append(node["text"])
    attributes = node.get("attrs")
    if isinstance(attributes, dict):
        found += [f" {attributes[name]} " for name in _WORDS if isinstance(attributes.get(name), str)]
    for mark in _listed(node.get("marks")):
        _collect({"attrs": mark.get("attrs")} if isinstance(mark, dict) else None, found, depth + 1)
    for child in _listed(node.get("content")):
        _collect(child, found, depth + 1)
    if node.get("type") in _BLOCKS or node.get("type") == "hardBreak":
        found.append("\n")


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def reworded(node: Any, words: Callable[[str], str], depth: int = 0) -> Any:
    """A copy of a document with its words mapped; structure, ids and settings stay."""
    if depth > 4 * _DEEPEST:
        return node
    if isinstance(node, list):
        return [reworded(each, words, depth + 1) for each in node]
    if not isinstance(node, dict):
        return node
    return {
        key: words(value) if key in _WORDS and isinstance(value, str) else reworded(value, words, depth + 1)
        for key, value in node.items()
    }
