"""Which blocks the document format lets stand in which, and what is made of one that may not stand where it does."""

from __future__ import annotations

from collections.abc import Mapping

from forgesim.site.bodies.node import Mark, Node

__all__ = ["ALLOWED", "fitted"]

_LISTS = frozenset(("bulletList", "orderedList"))
_MEDIA = frozenset(("mediaSingle", "mediaGroup"))
_SHAPED = frozenset(("paragraph", "heading"))
_CELLS = ("tableCell", "tableHeader")
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

_ALIGNED, _INDENTED = "alignment", "indentation"
SHAPES: Mapping[tuple[str, str], frozenset[str]] = {
    **{(into, kind): frozenset((_ALIGNED, _INDENTED)) for into in ("doc", "layoutColumn") for kind in _SHAPED},
    **{(into, "paragraph"): frozenset((_ALIGNED,)) for into in _CELLS},
    **{(into, "heading"): frozenset((_ALIGNED, _INDENTED)) for into in _CELLS},
}
"""Container and block → the shapes that the block may have there; none anywhere else."""
_HOLDING = frozenset((*_LISTS, "table", "mediaGroup", "decisionList"))
"""What may not be empty."""
_MOST_COLUMNS = 5


def fitted(node: Node, into: str) -> list[Node]:
    """``node``, or the nearest to it that may stand in ``into``: every word stays."""
    return [_shaped(each, into) for each in _placed(node, into) if each.content or each.type not in _HOLDING]


def _shaped(node: Node, into: str) -> Node:
    if node.type not in _SHAPED or not node.marks:
        return node
    shapes = SHAPES.get((into, node.type), frozenset())
    return Node(node.type, node.attrs, node.content, marks=tuple(each for each in node.marks if each.type in shapes))


def _placed(node: Node, into: str) -> list[Node]:
    allowed = ALLOWED[into]
    if node.type == "expand" and "expand" not in allowed and "nestedExpand" in allowed:
        return [Node("nestedExpand", node.attrs, node.content)]
    crowded = node.type == "layoutSection" and not 1 <= len(node.content) <= _MOST_COLUMNS
    if node.type in allowed and not crowded:
        return [node]
    if (line := _as_line(node)) is not None:
        return [Node("paragraph", content=line)] if line else []
    lifted: list[Node] = []
    if node.type == "expand" and node.attrs.get("title"):
        lifted.append(Node("paragraph", content=[Node("text", text=node.attrs["title"])]))
    for child in node.content:
        lifted += _placed(child, into)
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
