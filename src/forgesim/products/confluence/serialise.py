"""The JSON of each thing, in the shapes of the OpenAPI document of Confluence v2."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from functools import lru_cache
from html import escape
from urllib.parse import quote_plus

from forgesim.clock import iso_utc
from forgesim.ids import derived_uuid
from forgesim.products.confluence.bodies import Bodies
from forgesim.products.confluence.world import Stamp, World, comment_versions
from forgesim.site.model import Attachment, Comment, FileVersion, Label, Page, Space, Version
from forgesim.site.storage import marker_ref

__all__ = [
    "attachment",
    "child",
    "comment",
    "comment_mark",
    "comment_version",
    "content_property",
    "file_version",
    "label",
    "page",
    "page_version",
    "space",
    "tiny",
    "version",
    "web_path",
]

Json = dict[str, object]

_TREE = frozenset(("parentId", "parentType", "position", "ownerId", "lastOwnerId", "subtype"))
"""What a page has and a blog post has not."""


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


def page(world: World, of: Page, *, body: Bodies, with_version: bool = True, past: Version | None = None) -> Json:
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
    if of.kind == "blogpost":
        found = {name: value for name, value in found.items() if name not in _TREE}
    if with_version:
        found["version"] = version(past or _current(of))
    found["body"] = body(of.body if past is None else past.body or "", f"page/{of.id}")
    key = world.site.spaces[of.space_id].key
    found["_links"] = {
        "webui": web_path(key, of, title),
        "editui": f"/pages/resumedraft.action?draftId={of.id}",
        "tinyui": f"/x/{tiny(of.id)}",
    }
    return found


def web_path(key: str, of: Page, title: str) -> str:
    """Where people read it, relative to ``/wiki``: a blog post by its day."""
    if of.kind == "blogpost":
        return f"/spaces/{key}/blog/{iso_utc(of.created_at)[:10].replace('-', '/')}/{of.id}/{_quoted(title)}"
    return f"/spaces/{key}/pages/{of.id}/{_quoted(title)}"


_quoted = lru_cache(maxsize=4096)(quote_plus)
"""Every list has the address of each of its pages."""


@lru_cache(maxsize=4096)
def tiny(id_: str) -> str:
    number = int(id_)
    raw = number.to_bytes(max(4, (number.bit_length() + 7) // 8), "little")
    return base64.b64encode(raw, altchars=b"_-").decode().rstrip("=").rstrip("A")


def page_version(of: Page, which: Version, *, body: Bodies) -> Json:
    """An item of a page's version list."""
    now = which.number == of.version
    shown: Json = {"id": of.id, "title": of.title if now else which.title or of.title}
    text = of.body if now else which.body
    if body.format is not None and text is not None:
        shown["body"] = body(text, f"page/{of.id}")
    return version(which) | {"page": shown}


def version_detail(numbers: Sequence[int], which: Version) -> Json:
    """One of the versions that have these numbers."""
    numbers = sorted(numbers, reverse=True)
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


def comment(world: World, on: Page, of: Comment, *, body: Bodies, past: Version | None = None) -> Json:
    """A comment without the ids of what it belongs to, which differ from list to list; ``past`` shows an older version
    of it."""
    now = comment_versions(of)[-1]
    which = past or now
    old = which.number != now.number
    key = world.site.spaces[on.space_id].key
    status = "historical" if old else "current"
    found: Json = {"id": of.id, "status": status, "title": f"Re: {on.title}", "version": version(which)}
    if of.inline:
        found["resolutionStatus"] = of.resolution or "open"
        found["properties"] = comment_mark(world, of)
        if (resolved := world.stamps.get(("resolution", of.id))) is not None:
            found |= {"resolutionLastModifierId": resolved.author, "resolutionLastModifiedAt": iso_utc(resolved.at)}
    found["body"] = body(which.body or "" if old else of.body, f"comment/{of.id}")
    path = f"/spaces/{key}/pages/{on.id}" if on.kind == "page" else web_path(key, on, on.title)
    found["_links"] = {"webui": f"{path}?focusedCommentId={of.id}"}
    return found


def comment_mark(world: World, of: Comment) -> Json:
    """What an inline comment hangs on."""
    marker = of.marker or marker_ref(world.site.cloud_id, of.id)
    return {"inlineMarkerRef": marker, "inlineOriginalSelection": of.selection}


def comment_version(on: Page, of: Comment, which: Version, *, body: Bodies) -> Json:
    """An item of a comment's version list."""
    shown: Json = {"id": of.id, "title": f"Re: {on.title}"}
    if body.format is not None:
        shown["body"] = body(of.body if which.body is None else which.body, f"comment/{of.id}")
    return version(which) | {"comment": shown}


def file_version(of: Attachment | FileVersion) -> Version:
    """A version of a file as a version of anything: its comment is its message."""
    if isinstance(of, FileVersion):
        return Version(number=of.number, at=of.at, author=of.author, message=of.comment, minor=of.minor)
    at = of.created_at if of.updated_at is None else of.updated_at
    return Version(number=of.version, at=at, author=of.author, message=of.comment, minor=of.minor)


def attachment(world: World, on: Page, of: Attachment, past: FileVersion | None = None) -> Json:
    """A file; ``past`` shows an older version of it."""
    id_, which = f"att{of.id.removeprefix('att')}", past or of
    now = file_version(which)
    webui = f"/pages/viewpageattachments.action?pageId={on.id}&preview=%2F{on.id}%2F{id_}"
    download = f"/download/attachments/{on.id}/{quote_plus(which.title)}?version={now.number}&api=v2"
    return {
        "id": id_,
        "status": of.status if past is None else "historical",
        "title": which.title,
        "createdAt": iso_utc(of.created_at),
        "blogPostId" if on.kind == "blogpost" else "pageId": on.id,
        "mediaType": which.media_type,
        "mediaTypeDescription": which.media_type,
        "comment": which.comment,
        "fileId": derived_uuid("file", world.site.cloud_id, of.id),
        "fileSize": len(which.data),
        "webuiLink": webui,
        "downloadLink": download,
        "version": version(now),
        "_links": {"webui": webui, "download": download},
    }


def content_property(key: str, value: object, stamp: Stamp) -> Json:
    now = Version(number=stamp.number, at=stamp.at, author=stamp.author, message=stamp.message)
    return {"id": stamp.id, "key": key, "value": value, "version": version(now)}
