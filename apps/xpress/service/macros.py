"""Confluence's own macros that a document shows as they are meant."""

from __future__ import annotations

from collections.abc import Mapping

from service.tree import Node

__all__ = ["PANELS", "STATUS_COLOURS", "parameters"]

PANELS: Mapping[str, str] = {
    "info": "info", "note": "note", "warning": "warning", "tip": "tip", "panel": "panel", "expand": "panel",
    "excerpt": "panel", "section": "panel", "column": "panel", "details": "panel",
}  # fmt: skip
"""Macro → how its box looks."""

STATUS_COLOURS: Mapping[str, str] = {
    "green": "green", "yellow": "yellow", "red": "red", "blue": "blue", "purple": "blue", "grey": "grey",
}  # fmt: skip


def parameters(macro: Node) -> dict[str, str]:
    """The texts of a macro's parameters by their names."""
    return {node.attributes.get("ac:name", ""): node.text().strip() for node in macro.elements("ac:parameter")}
