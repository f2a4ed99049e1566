"""The JSON of each thing, in the shapes of the OpenAPI document of Confluence v2."""

from __future__ import annotations

import base64
from html import escape
from urllib.parse import quote_plus

from forgesim.clock import iso_utc
from forgesim.ids import derived_uuid
from forgesim.products.confluence.call import Call
from forgesim.products.confluence.errors import UnsupportedError
from forgesim.products.confluence.world import Stamp, World, versions_of
from forgesim.site.model import Attachment, Comment, Label, Page, Space, Version

__all__ = [
    "attachment",
    "body_format",
    "child",
    "comment",
    "content_property",
    "label",
    "page",
    "page_version",
    "space",
    "tiny",
    "version",
]

LIST_FORMATS = ("storage", "atlas_doc_format")
ALL_FORMATS = (*LIST_FORMATS, "view", "export_view", "anonymous_export_view", "styled_view", "editor")

Json = dict[str, object]


def body_format(call: Call, allowed: tuple[str, ...] = LIST_FORMATS) -> bool:
    """Whether the caller asks for bodies. Formats other than ``storage`` are not emulated."""
    wanted = call.choice("body-format", allowed)
    if wanted not in (None, "storage"):
        raise UnsupportedError(f"{call.operation.name} with body-format={wanted}")
    return wanted is not None


def _body(text: str, shown: bool) -> Json:
    return {"storage": {"representation": "storage", "value": text}} if shown else {}


def version(of: Version) -> Json:
    return {
        "createdAt": iso_utc(of.at),
        "message": of.message,
        "number": of.number,
        "minorEdit": of.minor,
        "authorId": of.author,
    }


def _current(of: Page) -> Version:
    for each in reversed(of.versions):
        if each.number == of.version:
            return each
    return Version(number=of.version, at=of.updated_at, author=of.updated_by)


def page(world: World, of: Page, *, body: bool, with_version: bool = True, past: Version | None = None) -> Json:
    """A page; ``past`` shows an older version of it instead of the current one."""
    title = of.title if past is None else past.title or of.title
    found: Json = {
        "id": of.id,
        "status": of.status if past is None else "historical",
        "title": title,
        "spaceId": of.space_id,
        "parentId": of.parent_id,
        "parentType": "page" if of.parent_id else None,
        "position": of.position,
        "authorId": of.author,
        "ownerId": of.owner,
        "lastOwnerId": None,
        "createdAt": iso_utc(of.created_at),
    }
    if of.subtype:
        found["subtype"] = of.subtype
    if with_version:
        found["version"] = version(past or _current(of))
    found["body"] = _body(of.body if past is None else past.body or "", body)
    key = world.site.spaces[of.space_id].key
    found["_links"] = {
        "webui": f"/spaces/{key}/pages/{of.id}/{quote_plus(title)}",
        "editui": f"/pages/resumedraft.action?draftId={of.id}",
        "tinyui": f"/x/{tiny(of.id)}",
    }
    return found


def tiny(id_: str) -> str:
    number = int(id_)
    raw = number.to_bytes(max(4, (number.bit_length() + 7) // 8), "little")
    return base64.b64encode(raw, altchars=b"_-").decode().rstrip("=").rstrip("A")


def page_version(of: Page, which: Version, *, body: bool) -> Json:
    """An item of a page's version list."""
    now = which.number == of.version
    shown: Json = {"id": of.id, "title": of.title if now else which.title or of.title}
    text = of.body if now else which.body
    if body and text is not None:
        shown["body"] = _body(text, True)
    return version(which) | {"page": shown}


def version_detail(of: Page, which: Version) -> Json:
    numbers = [each.number for each in versions_of(of)]
    older = [number for number in numbers if number < which.number]
    newer = [number for number in numbers if number > which.number]
    found = version(which) | {"contentTypeModified": False, "collaborators": [which.author]}
    if older:
        found["prevVersion"] = older[0]
    if newer:
        found["nextVersion"] = newer[-1]
    return found


def child(of: Page) -> Json:
    """A page in its tree; callers add what their list has beyond this."""
    return {"id": of.id, "status": of.status, "title": of.title, "childPosition": of.position}


def space(of: Space, description: str | None, *, icon: bool) -> Json:
    """A space; ``description`` is the format asked for, ``plain`` or ``view``."""
    described: Json | None = None
    if description is not None:
        text = of.description if description == "plain" else escape(of.description)
        described = {description: {"representation": description, "value": text}}
    path = "/images/logo/default-space-logo.svg"
    return {
        "id": of.id,
        "key": of.key,
        "name": of.name,
        "type": of.kind,
        "status": of.status,
        "authorId": of.owner,
        "spaceOwnerId": of.owner,
        "currentActiveAlias": of.key,
        "createdAt": iso_utc(of.created_at),
        "homepageId": of.homepage_id,
        "description": described,
        "icon": {"path": path, "apiDownloadLink": path} if icon else None,
        "_links": {"webui": f"/spaces/{of.key}"},
    }


def label(of: Label) -> Json:
    return {"id": of.id, "name": of.name, "prefix": of.prefix}


def comment(world: World, on: Page, of: Comment, stamp: Stamp, *, body: bool) -> Json:
    """A comment without the ids of what it belongs to, which differ from list to list."""
    now = Version(number=stamp.number, at=stamp.at, author=stamp.author, message=stamp.message)
    key = world.site.spaces[on.space_id].key
    found: Json = {"id": of.id, "status": "current", "title": f"Re: {on.title}", "version": version(now)}
    if of.inline:
        found["resolutionStatus"] = of.resolution or "open"
        marker = derived_uuid("inline-marker", world.site.cloud_id, of.id)
        found["properties"] = {"inlineMarkerRef": marker, "inlineOriginalSelection": of.selection}
    found["body"] = _body(of.body, body)
    found["_links"] = {"webui": f"/spaces/{key}/pages/{on.id}?focusedCommentId={of.id}"}
    return found


def attachment(world: World, on: Page, of: Attachment) -> Json:
    id_ = f"att{of.id.removeprefix('att')}"
    webui = f"/pages/viewpageattachments.action?pageId={on.id}&preview=%2F{on.id}%2F{id_}"
    download = f"/download/attachments/{on.id}/{quote_plus(of.title)}?version=1&api=v2"
    return {
        "id": id_,
        "status": "current",
        "title": of.title,
        "createdAt": iso_utc(of.created_at),
        "pageId": on.id,
        "mediaType": of.media_type,
        "mediaTypeDescription": of.media_type,
        "comment": "",
        "fileId": derived_uuid("file", world.site.cloud_id, of.id),
        "fileSize": len(of.data),
        "webuiLink": webui,
        "downloadLink": download,
        "version": version(Version(number=1, at=of.created_at, author=of.author)),
        "_links": {"webui": webui, "download": download},
    }


def content_property(key: str, value: object, stamp: Stamp) -> Json:
    now = Version(number=stamp.number, at=stamp.at, author=stamp.author, message=stamp.message)
    return {"id": stamp.id, "key": key, "value": value, "version": version(now)}
