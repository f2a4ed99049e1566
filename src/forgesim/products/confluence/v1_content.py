"""Content as v1 shows it: one entry of a search, with what is expanded and the names of what is not.

What an answer shows is collected in ``Shown``: an expansion may show a space, other pages and people.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from forgesim.clock import iso_utc
from forgesim.products.confluence import serialise
from forgesim.products.confluence.cql_index import Entry
from forgesim.products.confluence.cql_match import modified_at
from forgesim.products.confluence.errors import UnsupportedError
from forgesim.products.confluence.users import find_user, profile
from forgesim.products.confluence.v1_extensions import (
    EXTENSIONS,
    attachment_extensions,
    comment_extensions,
    page_extensions,
)
from forgesim.products.confluence.world import World, ancestors_of, thread_of, versions_of
from forgesim.site.model import Attachment, Comment, Page, Space, Version

__all__ = ["Shown", "content", "display_title", "entry_ref", "read_expansions", "space_ref", "web_path"]

Json = dict[str, object]

EMULATED = EXTENSIONS | frozenset(
    ("ancestors", "body.storage", "container", "history", "history.contributors", "history.contributors.publishers",
     "history.lastUpdated", "history.ownedBy", "history.previousVersion", "metadata", "metadata.labels", "space",
     "version")
)  # fmt: skip
_KNOWN = ("ancestors", "body", "children", "childTypes", "container", "descendants", "extensions", "history",
          "macroRenderedOutput", "metadata", "operations", "restrictions", "schedulePublishDate", "schedulePublishInfo",
          "space", "version")  # fmt: skip


class Shown:
    """Refs of what an answer to ``account`` shows, each once, in order."""

    def __init__(self, account: str | None) -> None:
        self.account = account
        self._refs: dict[str, None] = {}

    def add(self, *refs: str) -> None:
        self._refs.update(dict.fromkeys(refs))

    @property
    def refs(self) -> tuple[str, ...]:
        return tuple(self._refs)


class _Scene(NamedTuple):
    world: World
    expand: frozenset[str]
    shown: Shown


def read_expansions(operation: str, asked: Iterable[str]) -> frozenset[str]:
    """The expansions asked for. What is no expansion is passed over, what is not emulated told by name."""
    found = frozenset(each for each in asked if each.partition(".")[0] in _KNOWN)
    if others := sorted(found - EMULATED):
        raise UnsupportedError(f"{operation} with expand={','.join(others)}")
    return found


def entry_ref(entry: Entry) -> str:
    kind = entry.kind if entry.kind in ("space", "comment", "attachment") else "page"
    return f"{kind}/{entry.id.removeprefix('att')}"


def display_title(entry: Entry) -> str:
    """The title as lists show it; that of a comment names its page."""
    return f"Re: {entry.on.title}" if isinstance(entry.of, Comment) and entry.on else entry.title


def web_path(entry: Entry) -> str:
    """Its address, relative to ``/wiki``."""
    key, on = entry.space.key, entry.on
    if on is None:
        return f"/spaces/{key}"
    if entry.of is on:
        return serialise.web_path(key, on, on.title)
    if entry.kind == "comment":
        return f"{serialise.web_path(key, on, '').rstrip('/')}?focusedCommentId={entry.id}"
    return f"/pages/viewpageattachments.action?pageId={on.id}&preview=%2F{on.id}%2F{entry.id}"


def content(world: World, entry: Entry, expand: frozenset[str], shown: Shown) -> Json:
    """A page, blog post, comment or attachment."""
    shown.add(entry_ref(entry))
    if isinstance(entry.of, Comment) and entry.on is not None:
        shown.add(f"page/{entry.on.id}")  # in the title
    found: Json = {
        "id": entry.id,
        "type": entry.kind,
        "status": "current" if isinstance(entry.of, Comment | Space) else entry.of.status,
        "title": display_title(entry),
        "childTypes": {},
        "macroRenderedOutput": {},
        "restrictions": {},
    }
    for name in _expanded(expand):
        found[name] = _MAKERS[name](_Scene(world, expand, shown), entry)
    here = f"/rest/api/content/{entry.id}"
    space = f"/rest/api/space/{entry.space.key}"
    urls = {
        "container": space if isinstance(entry.of, Page) or entry.on is None else f"/rest/api/content/{entry.on.id}",
        "metadata": "", "extensions": "", "operations": "", "children": f"{here}/child", "history": f"{here}/history",
        "ancestors": "", "body": "", "version": "", "descendants": f"{here}/descendant", "space": space,
    }  # fmt: skip
    found["_expandable"] = {name: url for name, url in urls.items() if name not in found}
    tiny = {"tinyui": f"/x/{serialise.tiny(entry.id)}"} if isinstance(entry.of, Page) else {}
    found["_links"] = {"webui": web_path(entry), "self": f"{world.base}{here}"} | tiny
    return found


@lru_cache(maxsize=64)
def _expanded(expand: frozenset[str]) -> tuple[str, ...]:
    """The parts of content that the expansions name, or name a part of."""
    named = {each.partition(".")[0] for each in expand}
    return tuple(name for name in _MAKERS if name in named)


def space_ref(world: World, space: Space, shown: Shown) -> Json:
    """A space inside something else."""
    shown.add(f"space/{space.id}")
    here = f"/rest/api/space/{space.key}"
    names = ("settings", "metadata", "operations", "lookAndFeel", "permissions", "icon", "description", "theme",
             "history", "identifiers")  # fmt: skip
    home = {"homepage": f"/rest/api/content/{space.homepage_id}" if space.homepage_id else ""}
    return {
        "id": int(space.id),
        "key": space.key,
        "alias": space.key,
        "name": space.name,
        "type": space.kind,
        "status": space.status,
        "_expandable": dict.fromkeys(names, "") | home,
        "_links": {"webui": f"/spaces/{space.key}", "self": f"{world.base}{here}"},
    }


def _person(world: World, account: str | None, shown: Shown) -> Json | None:
    user = find_user(world, account) if account else None
    if user is None:
        return None
    shown.add(f"user/{user.account_id}")
    return profile(world, user)


def _versions(world: World, entry: Entry) -> list[Version]:
    """Newest first."""
    if isinstance(entry.of, Page):
        return versions_of(entry.of)
    if isinstance(entry.of, Comment) and entry.of.versions:
        return list(reversed(entry.of.versions))
    if isinstance(entry.of, Attachment):
        now = entry.of
        at = now.updated_at or now.created_at
        current = Version(number=now.version, at=at, author=now.author, message=now.comment, minor=now.minor)
        past = [Version(number=each.number, at=each.at, author=each.author, message=each.comment, minor=each.minor)
                for each in now.past]  # fmt: skip
        return [current, *reversed(past)]
    stamp = world.stamps.get(("comment", entry.id)) if isinstance(entry.of, Comment) else None
    if stamp is not None:
        return [Version(number=stamp.number, at=stamp.at, author=stamp.author, message=stamp.message)]
    return [Version(number=1, at=modified_at(world, entry), author=entry.author or "")]


def _version(world: World, of: Version, shown: Shown) -> Json:
    found: Json = {
        "when": iso_utc(of.at),
        "friendlyWhen": friendly(of.at),
        "message": of.message,
        "number": of.number,
        "minorEdit": of.minor,
        "_expandable": {"collaborators": "", "content": ""},
        "_links": {},
    }
    by = _person(world, of.author, shown)
    return {"by": by, **found} if by is not None else found


def friendly(at_ms: int) -> str:
    """``2026-01-05``; Confluence writes such dates in words, which depend on the day and the language of the caller."""
    return iso_utc(at_ms)[:10]


def _history(scene: _Scene, entry: Entry) -> Json:
    world, expand, shown = scene
    versions = _versions(world, entry)
    found: Json = {"latest": True, "createdDate": iso_utc(entry.of.created_at)}
    parts: dict[str, Callable[[], object]] = {
        "ownedBy": lambda: _person(world, entry.of.owner if isinstance(entry.of, Page) else None, shown),
        "lastUpdated": lambda: _version(world, versions[0], shown),
        "previousVersion": lambda: _version(world, versions[1], shown) if len(versions) > 1 else None,
        "contributors": lambda: {"publishers": _publishers(world, versions, shown)},
    }
    if (author := _person(world, entry.author, shown)) is not None:
        found["createdBy"] = author
    for name, make in parts.items():
        if any(each.startswith(f"history.{name}") for each in expand) and (made := make()) is not None:
            found[name] = made
    urls = dict.fromkeys((*parts, "nextVersion", "lastOwnedBy"), "")
    found["_expandable"] = {name: url for name, url in urls.items() if name not in found}
    found["_links"] = {"self": f"{world.base}/rest/api/content/{entry.id}/history"}
    return found


def _publishers(world: World, versions: Iterable[Version], shown: Shown) -> Json:
    names = dict.fromkeys(each.author for each in versions)
    users = [person for each in names if (person := _person(world, each, shown)) is not None]
    return {"users": users, "userAccountIds": [each["accountId"] for each in users], "_links": {}}


def _ancestors(scene: _Scene, entry: Entry) -> object:
    """Those that the caller sees, topmost first: the pages above a page, the comments above a reply; none above a
    file."""
    if isinstance(entry.of, Comment) and entry.on is not None:
        thread = [Entry(-1, "comment", each.id, each, entry.on, entry.space) for each in thread_of(entry.on, entry.of)]
        return [content(scene.world, each, frozenset(), scene.shown) for each in reversed(thread)]
    if not isinstance(entry.of, Page):
        return []
    found = []
    for page in reversed(ancestors_of(scene.world, entry.of)):
        if not scene.world.sees(scene.shown.account, page):
            continue
        above = Entry(-1, page.kind, page.id, page, page, scene.world.site.spaces[page.space_id])
        found.append(content(scene.world, above, frozenset(), scene.shown))
    return found


def _container(scene: _Scene, entry: Entry) -> object:
    if isinstance(entry.of, Page) or entry.on is None:
        return space_ref(scene.world, entry.space, scene.shown)
    above = Entry(-1, entry.on.kind, entry.on.id, entry.on, entry.on, entry.space)
    return content(scene.world, above, frozenset(), scene.shown)


def _metadata(scene: _Scene, entry: Entry) -> Json:
    found: Json = {}
    if "metadata.labels" in scene.expand:
        labels = () if isinstance(entry.of, Comment) else entry.of.labels
        results = [{"prefix": each.prefix, "name": each.name, "id": each.id, "label": each.name} for each in labels]
        links = {"self": f"{scene.world.base}/rest/api/content/{entry.id}/label"}
        found["labels"] = {"results": results, "start": 0, "limit": 200, "size": len(results), "_links": links}
    names = ("currentuser", "labels", "properties", "frontend", "comments", "likes")
    found["_expandable"] = {name: "" for name in names if name not in found}
    return found


def _extensions(scene: _Scene, entry: Entry) -> Json:
    world, expand, shown = scene
    match entry.of:
        case Page():
            return page_extensions(entry.of)
        case Attachment() if entry.on is not None:
            return attachment_extensions(world, entry.on, entry.of)
        case Comment():
            return comment_extensions(world, entry.of, expand, lambda account: _person(world, account, shown))
        case _:
            return {}


def _body(_: _Scene, entry: Entry) -> Json:
    names = ("editor", "atlas_doc_format", "view", "export_view", "styled_view", "dynamic", "editor2", "wiki",
             "anonymous_export_view")  # fmt: skip
    found: Json = {}
    if isinstance(entry.of, Page | Comment):
        value = {"value": entry.of.body, "representation": "storage", "_expandable": {"content": ""}}
        found["storage"] = value | {"embeddedContent": []}
    return found | {"_expandable": dict.fromkeys(names, "")}


_Maker = Callable[[_Scene, Entry], object]
_MAKERS: Mapping[str, _Maker] = MappingProxyType(
    {
        "space": lambda scene, entry: space_ref(scene.world, entry.space, scene.shown),
        "container": _container,
        "history": _history,
        "extensions": _extensions,
        "version": lambda scene, entry: _version(scene.world, _versions(scene.world, entry)[0], scene.shown),
        "ancestors": _ancestors,
        "metadata": _metadata,
        "body": _body,
    }
)
