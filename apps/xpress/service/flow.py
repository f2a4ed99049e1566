"""What of a page stands on its own, and what runs on in a line: typesetting drops what stands if it is in a line."""

from __future__ import annotations

from service.macros import PANELS
from service.tree import Node

__all__ = ["UNSEEN", "is_panel", "shown_text", "stands"]

STANDING = frozenset(
    {"table", "ul", "ol", "dl", "blockquote", "pre", "hr", "ac:image", "img", "ac:task-list", "ac:layout-section"}
)
STANDING_MACROS = PANELS.keys() | {"code", "noformat", "toc", "toc-zone", "children", "pagetree"}
MACROS = frozenset({"ac:structured-macro", "ac:macro"})

UNSEEN = frozenset({
    "ac:parameter", "ac:task-id", "ac:task-uuid", "colgroup", "col", "ac:placeholder", "script", "style", "ri:page",
    "ri:attachment", "ri:url", "ri:user", "ri:space", "ri:content-entity", "ac:adf-attribute", "ac:adf-leaf", "wbr",
})  # fmt: skip
"""Elements whose text nobody sees."""

UNSHOWN_TEXT = UNSEEN | {"ac:task-status"}


def is_panel(node: Node) -> bool:
    return node.name in MACROS and node.attributes.get("ac:name", "").lower() in PANELS


def stands(child: Node | str) -> bool:
    """Whether it is, or holds, something that cannot be in a line."""
    return isinstance(child, Node) and any(
        node.name in STANDING or (node.name in MACROS and node.attributes.get("ac:name", "").lower() in STANDING_MACROS)
        for node in child.walk()
    )


def shown_text(node: Node) -> str:
    """All text below that people see."""
    return "".join(
        child if isinstance(child, str) else "" if child.name in UNSHOWN_TEXT else shown_text(child)
        for child in node.children
    )
