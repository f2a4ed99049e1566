"""What v1 shows of content by its kind: of a file its type and size, of a comment where it hangs and whether it is
resolved. The document of the API has ``extensions`` as an open object; the names are those that clients use."""

from __future__ import annotations

from collections.abc import Callable

from forgesim.clock import iso_utc
from forgesim.products.confluence import serialise
from forgesim.products.confluence.world import World
from forgesim.site.model import Attachment, Comment, Page

__all__ = ["EXTENSIONS", "attachment_extensions", "comment_extensions", "page_extensions"]

Json = dict[str, object]
Person = Callable[[str | None], Json | None]

EXTENSIONS = frozenset(("extensions", "extensions.inlineProperties", "extensions.resolution"))


def page_extensions(of: Page) -> Json:
    return {"position": of.position}


def attachment_extensions(world: World, on: Page, of: Attachment) -> Json:
    shown = serialise.attachment(world, on, of)
    named = {name: shown[name] for name in ("mediaType", "fileSize", "comment", "mediaTypeDescription", "fileId")}
    return named | {"collectionName": f"contentId-{on.id}"}


def comment_extensions(world: World, of: Comment, expand: frozenset[str], person: Person) -> Json:
    """Where a comment hangs; what it hangs on, and whether it is resolved, where that is asked for. A comment below the
    page is never resolved."""
    found: Json = {"location": "inline" if of.inline else "footer"}
    if of.inline:
        parts: dict[str, Callable[[], Json]] = {
            "inlineProperties": lambda: _marked(world, of),
            "resolution": lambda: _resolution(world, of, person),
        }
        asked = {name: make for name, make in parts.items() if f"extensions.{name}" in expand}
        found |= {name: make() for name, make in asked.items()}
        found["_expandable"] = {name: "" for name in parts if name not in asked}
    return found


def _marked(world: World, of: Comment) -> Json:
    properties = serialise.comment_mark(world, of)
    return {"originalSelection": properties["inlineOriginalSelection"], "markerRef": properties["inlineMarkerRef"]}


def _resolution(world: World, of: Comment, person: Person) -> Json:
    found: Json = {"status": of.resolution or "open"}
    if (stamp := world.stamps.get(("resolution", of.id))) is not None:
        found |= {"lastModifiedDate": iso_utc(stamp.at)}
        found |= {"lastModifier": who} if (who := person(stamp.author)) is not None else {}
    return found
