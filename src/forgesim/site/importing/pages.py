"""Pages of a Confluence export with what hangs on them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any, Final, Literal

from forgesim.clock import EPOCH_MS
from forgesim.site.importing.entities import Entity
from forgesim.site.importing.tables import CONTENT, Tables
from forgesim.site.importing.zipped import Export
from forgesim.site.limits import MAX_FILE_BYTES
from forgesim.site.model import Attachment, Comment, Label, Page, Space, Version
from forgesim.site.storage import readable

__all__ = ["PageReader"]

_BLOGS: Final = "kind" in {each.name for each in dataclasses.fields(Page)}
"""Whether the model has blog posts."""
_UNDATED_MS: Final = EPOCH_MS - 30 * 86_400_000
"""When a page was written that has no date, nor its space."""
_Resolution = Literal["open", "resolved", "reopened", "dangling"]
_RESOLUTIONS: Final[dict[str, _Resolution]] = {
    "open": "open",
    "resolved": "resolved",
    "reopened": "reopened",
    "dangling": "dangling",
}


class PageReader:
    """``markers``: reference of an inline comment in a body → id of the comment."""

    def __init__(
        self,
        tables: Tables,
        export: Export,
        account: Callable[[str | None], str | None],
        alice: str,
        spaces: dict[str, Space],
    ) -> None:
        self._tables = tables
        self._export = export
        self._account = account
        self._alice = alice
        self._spaces = spaces
        self._pages: dict[str, Page] = {}
        self._comments: dict[str, Comment] = {}
        self._former: dict[str, tuple[str, int]] = {}
        self.markers: dict[str, str] = {}

    def pages(self) -> dict[str, Page]:
        """Every current page, the trees' tops first, without bodies."""
        found = [each for kind in CONTENT for each in self._tables.current(kind)]
        for entity in found:
            if entity.kind == "BlogPost" and not _BLOGS:
                self._tables.left_out["blog post"] += 1
            else:
                self._pages[entity.id] = self._page(entity)
        self._place({each.id: each for each in found})
        self._label()
        self._comment()
        self._attach()
        self._like()
        self._restrict()
        return self._pages

    def wants(self, owner: str) -> bool:
        """Whether the body of that content is kept."""
        return owner in self._pages or owner in self._comments or owner in self._former

    def put_body(self, owner: str, body: str) -> None:
        if owner in self._pages:
            self._pages[owner].body = body
        elif owner in self._comments:
            self._comments[owner].body = body
        else:
            page, place = self._former[owner]
            versions = self._pages[page].versions
            versions[place] = dataclasses.replace(versions[place], body=body)

    def _page(self, entity: Entity) -> Page:
        space = entity.ref("space")
        if space is None or space not in self._spaces:
            raise self._tables.stop(entity, f"it is in space {space or '(none)'}, which the export does not have")
        title = readable(entity.values.get("title", "")).strip()
        author = self._account(entity.ref("creator")) or self._alice
        editor = self._account(entity.ref("lastModifier")) or author
        created = self._tables.time(entity, "creationDate")
        updated = self._tables.time(entity, "lastModificationDate")
        start = created or updated or self._spaces[space].created_at
        if not start:
            start = _UNDATED_MS
            self._tables.left_out["date of a page, which the export lacks"] += 1
        page = Page(
            id=entity.id,
            space_id=space,
            title=title or f"Untitled {entity.id}",
            body="",
            author=author,
            owner=author,
            created_at=start,
            updated_at=max(start, updated or 0),
            updated_by=editor,
            version=_number(entity.values.get("version")),
            **({"kind": "blogpost"} if entity.kind == "BlogPost" else {}),  # type: ignore[arg-type]
        )
        page.versions = self._history(entity, page)
        return page

    def _history(self, entity: Entity, page: Page) -> list[Version]:
        former = sorted(
            self._tables.former.get(entity.id, ()), key=lambda each: (_number(each.values.get("version")), each.id)
        )
        versions: list[Version] = []
        for each in former:
            number = _number(each.values.get("version"))
            if number >= page.version or (versions and number == versions[-1].number):
                self._tables.left_out["version whose number another has"] += 1
                continue
            self._former[each.id] = (page.id, len(versions))
            at = self._tables.time(each, "lastModificationDate") or page.created_at
            versions.append(self._version(each, number, at, title=readable(each.values.get("title", page.title))))
        return [*versions, self._version(entity, page.version, page.updated_at, title=None)]

    def _version(self, entity: Entity, number: int, at: int, *, title: str | None) -> Version:
        author = self._account(entity.ref("lastModifier")) or self._account(entity.ref("creator")) or self._alice
        message = readable(entity.values.get("versionComment", "")).strip()
        return Version(number=number, at=at, author=author, message=message, title=title, body=None)

    def _place(self, entities: dict[str, Entity]) -> None:
        """Parents and positions: as the export numbers them, else by title."""
        beside: dict[tuple[str, str | None], list[Page]] = {}
        for page in self._pages.values():
            parent = entities[page.id].ref("parent")
            if parent is not None and parent in self._pages and self._pages[parent].space_id == page.space_id:
                page.parent_id = parent
            elif parent is not None:
                self._tables.left_out["parent that is not in the export: the page stands at the top"] += 1
            beside.setdefault((page.space_id, page.parent_id), []).append(page)
        for pages in beside.values():
            ordered = sorted(pages, key=lambda page: (_position(entities[page.id]), page.title, page.id))
            for place, page in enumerate(ordered):
                page.position = place

    def _label(self) -> None:
        labels = self._tables.of("Label")
        for each in self._tables.of("Labelling").values():
            page, label = self._pages.get(each.ref("content") or ""), labels.get(each.ref("label") or "")
            if page is None or label is None:
                self._tables.left_out["label of something that is not kept"] += 1
                continue
            prefix = label.values.get("namespace", "global")
            named = Label(id=label.id, name=readable(label.values.get("name", "")), prefix=prefix)
            if prefix != "global":
                self._tables.left_out["label that is somebody's own"] += 1
            elif named.name and all(other.id != named.id for other in page.labels):
                page.labels.append(named)

    def _comment(self) -> None:
        for entity in self._tables.current("Comment"):
            page = self._pages.get(entity.ref("containerContent") or entity.ref("owner") or "")
            if page is None:
                self._tables.left_out["comment on something that is not kept"] += 1
                continue
            about = self._tables.properties.get(entity.id, {})
            inline = about.get("inline-comment") == "true" or "inline-marker-ref" in about
            comment = Comment(
                id=entity.id,
                author=self._account(entity.ref("creator")) or self._alice,
                created_at=self._tables.time(entity, "creationDate") or page.created_at,
                body="",
                inline=inline,
                resolution=_RESOLUTIONS.get(about.get("status", "open"), "open") if inline else None,
                selection=readable(about.get("inline-original-selection", "")) if inline else "",
            )
            if marker := about.get("inline-marker-ref"):
                self.markers[marker] = comment.id
            self._comments[comment.id] = comment
            page.comments.append(comment)
        for page in self._pages.values():
            page.comments.sort(key=lambda each: (each.created_at, int(each.id)))
            own = {each.id for each in page.comments}
            for comment in page.comments:
                parent = self._tables.of("Comment")[comment.id].ref("parent")
                if parent in own:
                    comment.parent_id = parent

    def _attach(self) -> None:
        for entity in self._tables.current("Attachment"):
            page = self._pages.get(entity.ref("containerContent") or entity.ref("content") or "")
            if page is None:
                self._tables.left_out["attachment of something that is not kept"] += 1
                continue
            about = self._tables.properties.get(entity.id, {})
            title = readable(entity.values.get("title") or entity.values.get("fileName") or f"file-{entity.id}")
            kind = about.get("MEDIA_TYPE") or entity.values.get("contentType") or "application/octet-stream"
            page.attachments.append(
                Attachment(
                    id=entity.id,
                    title=title.replace("/", "_"),
                    media_type=readable(kind)[:200],
                    created_at=self._tables.time(entity, "creationDate") or page.created_at,
                    author=self._account(entity.ref("creator")) or page.author,
                    data=self._data(page.id, entity),
                )
            )

    def _like(self) -> None:
        """Who likes a page, a blog post or a comment, in the order in which they said so."""
        likes = self._tables.of("LikeEntity").values()
        for each in sorted(likes, key=lambda each: (each.values.get("creationDate", ""), int(each.id))):
            about = each.ref("content") or ""
            liked = self._pages.get(about) or self._comments.get(about)
            account = self._account(each.ref("user"))
            if liked is None or account is None:
                self._tables.left_out["like of something that is not kept"] += 1
            elif account not in liked.likes:
                liked.likes = (*liked.likes, account)

    def _data(self, page: str, entity: Entity) -> bytes:
        version = _number(entity.values.get("version"))
        data = self._export.small(f"attachments/{page}/{entity.id}/{version}")
        if data is None:
            self._tables.left_out[f"file that the export does not hold, or of over {MAX_FILE_BYTES:,} bytes"] += 1
        return data or b""

    def _restrict(self) -> None:
        """Lists of viewers and editors; alice is in each, so that somebody sees everything."""
        sets = self._tables.of("ContentPermissionSet")
        listed: dict[tuple[str, str], list[str]] = {}
        for each in sets.values():
            page = self._pages.get(each.ref("owningContent") or "")
            if page is not None and each.values.get("type") in ("View", "Edit"):
                listed.setdefault((page.id, each.values["type"]), [self._alice])
        for each in self._tables.of("ContentPermission").values():
            owner = sets.get(each.ref("owningSet") or "")
            where = (owner.ref("owningContent") or "", each.values.get("type", "")) if owner is not None else None
            if where is None or where not in listed:
                self._tables.left_out["restriction of something that is not kept"] += 1
                continue
            group, account = each.values.get("groupName", "").strip(), self._account(each.ref("userSubject"))
            if account is not None:
                listed[where].append(account)
            elif group:
                listed[where].append(f"group:{readable(group)}")
        for (page_id, kind), names in listed.items():
            found: list[Any] = list(dict.fromkeys(names))
            if kind == "View":
                self._pages[page_id].viewers = found
            else:
                self._pages[page_id].editors = found


def _number(text: str | None) -> int:
    text = (text or "").strip()
    return int(text) if text.isascii() and text.isdigit() and 0 < len(text) < 9 and int(text) else 1


def _position(entity: Entity) -> float:
    text = entity.values.get("position", "").strip()
    return float(text) if text.isascii() and text.lstrip("-").isdigit() and len(text) < 16 else float("inf")
