"""Addresses of what links name, as far as the reader may see it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, quote_plus

from forgesim.site.bodies.around import Around

__all__ = ["address", "display"]


def address(target: Mapping[str, Any], around: Around) -> str | None:
    """The path or address that a link's target has; ``None`` where it names nothing that the reader sees."""
    if "href" in target:
        return str(target["href"])
    anchor = f"#{quote(str(target['anchor']))}" if target.get("anchor") else ""
    match target["to"]:
        case "page":
            path = around.page(target)
            return None if path is None else path + anchor
        case "attachment":
            found = around.file(str(target.get("file", "")), target.get("page"))
            return None if found is None else found.path
        case "space":
            return f"/wiki/spaces/{quote(str(target.get('space', '')))}"
        case "url":
            return str(target.get("url", ""))
        case "here":
            return anchor or None
    return None


def display(target: Mapping[str, Any]) -> str:
    """The address of a target by nothing but what the link itself says: the document format wants one."""
    if target["to"] == "attachment":
        return f"/wiki/download/attachments/unknown/{quote_plus(str(target.get('file', '')))}"
    space = f"{quote(str(target['space']))}/" if target.get("space") else ""
    title = quote_plus(str(target.get("title") or target.get("id") or ""))
    return f"/wiki/display/{space}{title}"
