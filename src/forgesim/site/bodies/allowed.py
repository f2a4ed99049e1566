"""Which blocks the document format lets stand in which, and what is made of one that may not stand where it does."""

from __future__ import annotations

from collections.abc import Mapping

from forgesim.site.bodies.node import Mark, Node

__all__ = ["ALLOWED", "fitted"]

_LISTS = frozenset(("bulletList", "orderedList"))
_MEDIA = frozenset(("mediaSingle", "mediaGroup"))
_PLAIN = frozenset(("paragraph", "codeBlock", *_LISTS))
_CELL = _PLAIN | _MEDIA | {
    "heading", "panel", "blockquote", "rule", "decisionList", "taskList", "blockCard", "embedCard", "extension",
    "nestedExpand",
}  # fmt: skip
_TOP = (_CELL - {"nestedExpand"}) | {"table", "expand", "bodiedExtension"}

ALLOWED: Mapping[str, frozenset[str]] = {
    "doc": _TOP | {"layoutSection"},
    "layoutColumn": _TOP,
    "bodiedExtension": _TOP - {"bodiedExtension", "expand"},
    "expand": (_TOP - {"bodiedExtension", "expand"}) | {"nestedExpand"},
    "nestedExpand": _PLAIN
    | _MEDIA
    | {"heading", "panel", "blockquote", "rule", "decisionList", "taskList", "extension"},
    "tableCell": _CELL,
    "tableHeader": _CELL,
    "panel": _PLAIN | _MEDIA | {"heading", "rule", "decisionList", "taskList", "blockCard", "extension"},
    "blockquote": _PLAIN | _MEDIA | {"extension"},
    "listItem": _PLAIN | {"mediaSingle", "taskList", "extension"},
}


def fitted(node: Node, into: str) -> list[Node]:
    """``node``, or the nearest to it that may stand in ``into``: every word stays."""
    allowed = ALLOWED[into]
    if node.type == "expand" and "expand" not in allowed and "nestedExpand" in allowed:
        return [Node("nestedExpand", node.attrs, node.content)]
    if node.type in allowed:
        return [node]
    if (line := _as_line(node)) is not None:
        return [Node("paragraph", content=line)] if line else []
    lifted: list[Node] = []
    if node.type == "expand" and node.attrs.get("title"):
        lifted.append(Node("paragraph", content=[Node("text", text=node.attrs["title"])]))
    for child in node.content:
        lifted += fitted(child, into)
    return lifted


def _as_line(node: Node) -> list[Node] | None:
    """A block that holds no blocks as the inline nodes nearest to it."""
    match node.type:
        case "heading" | "taskItem" | "decisionItem":
            return node.content
        case "blockCard" | "embedCard":
            return [Node("inlineCard", node.attrs)]
        case "extension":
            return [Node("inlineExtension", node.attrs)]
        case "media":
            return [Node("mediaInline", node.attrs)]
        case "codeBlock":
            return [Node("text", text=node.text, marks=(Mark("code"),))]
        case "rule" | "caption":
            return node.content
        case "mediaSingle":
            media = [Node("mediaInline", each.attrs) for each in node.content if each.type == "media"]
            return media + [each for part in node.content if part.type == "caption" for each in part.content]
    return None
