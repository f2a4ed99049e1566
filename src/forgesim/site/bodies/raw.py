"""Elements as markup again, as they were."""

from __future__ import annotations

from forgesim.site.bodies.element import Element
from forgesim.site.storage import escape

__all__ = ["attributes", "raw"]


def raw(piece: Element | str) -> str:
    """The markup of an element or of text."""
    if isinstance(piece, str):
        return escape(piece)
    held = "".join(raw(child) for child in piece.children)
    start = f"<{piece.name}{attributes(piece.attrs)}"
    return f"{start}>{held}</{piece.name}>" if held else f"{start} />"


def attributes(given: dict[str, str]) -> str:
    return "".join(f' {name}="{escape(value)}"' for name, value in given.items())
