"""Bodies in the form that the caller asks for, with the rights of the account that reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from html import escape
from typing import Any, NamedTuple
from urllib.parse import quote, quote_plus

import msgspec

from forgesim.ids import derived_uuid
from forgesim.products.confluence.call import Call, Result
from forgesim.products.confluence.world import World
from forgesim.site.access import is_known
from forgesim.site.bodies.around import File
from forgesim.site.bodies.from_storage import read_storage
from forgesim.site.bodies.to_adf import write_adf
from forgesim.site.bodies.to_html import STYLE, write_html
from forgesim.site.model import Attachment, Page

__all__ = ["ALL_FORMATS", "LIST_FORMATS", "Bodies", "Seen", "Shown", "Titles", "bodies", "show_body"]

LIST_FORMATS = ("storage", "atlas_doc_format")
ALL_FORMATS = (*LIST_FORMATS, "view", "export_view", "anonymous_export_view", "styled_view", "editor")


Titles = dict[str, dict[str, Page]]
"""Space id → title → page: found once for all bodies of a call, as titles may change between two."""


class Shown(NamedTuple):
    """``{FORMAT: {representation, value}}``, and the refs of what it shows beyond the body itself."""

    body: dict[str, object]
    reads: tuple[str, ...] = ()


def show_body(
    world: World,
    call: Call,  # noqa: ARG001  (who shows a body has its call at hand; blog posts pass it the same way)
    account: str | None,
    text: str,
    owner_ref: str,
    format: str | None,  # noqa: A002
    titles: Titles | None = None,
) -> Shown:
    """The storage-format body ``text`` of ``owner_ref`` (``page/ID comment/ID blogpost/ID``) as ``account`` sees it in
    a format; nothing where no format is asked for.

    Links lead to what the account may see; of a hidden or missing page only the link's own words are left. Names of
    people who are mentioned, and titles of children that a macro lists, are among ``reads``. ``titles`` may be shared
    by the bodies of one call.
    """
    if format is None:
        return Shown({})
    if format == "storage":
        return Shown(_wrapped(format, text))
    seen = Seen(
        world, None if format == "anonymous_export_view" else account, owner_ref, {} if titles is None else titles
    )
    return Shown(_wrapped(format, _value(seen, text, format)), tuple(seen.reads))


class Bodies:
    """The bodies of one answer: the format that its caller asked for, and what all of them show beyond themselves."""

    def __init__(self, world: World, call: Call, format: str | None) -> None:  # noqa: A002
        self._world, self._call, self.format = world, call, format
        self._reads: dict[str, None] = {}
        self._titles: Titles = {}

    def __call__(self, text: str, owner_ref: str) -> dict[str, object]:
        shown = show_body(self._world, self._call, self._call.account, text, owner_ref, self.format, self._titles)
        self._reads.update(dict.fromkeys(shown.reads))
        return shown.body

    def told(self, result: Result) -> Result:
        """The answer with the refs of what its bodies show beyond themselves."""
        return replace(result, reads=tuple(dict.fromkeys((*result.reads, *self._reads))))


def bodies(world: World, call: Call, allowed: tuple[str, ...] = LIST_FORMATS) -> Bodies:
    """By the ``body-format`` parameter."""
    return Bodies(world, call, call.choice("body-format", allowed))


def _wrapped(format: str, value: str) -> dict[str, object]:  # noqa: A002
    return {format: {"representation": format, "value": value}}


def _value(seen: Seen, text: str, format: str) -> str:  # noqa: A002
    document = read_storage(text)
    if format == "atlas_doc_format":
        return msgspec.json.encode(write_adf(document, seen)).decode()
    shown = write_html(document, seen, absolute=format not in ("view", "editor"), editor=format == "editor")
    if format != "styled_view":
        return shown
    title = escape(seen.title)
    return f"<html><head><title>{title}</title><style>{STYLE}</style></head><body>{shown}</body></html>"


class Seen:
    """The site round a body, as one account sees it. ``reads`` collects the refs of what was shown of it."""

    def __init__(self, world: World, account: str | None, owner_ref: str, titles: Titles) -> None:
        self._world, self._account = world, account
        self._page = _owner(world, owner_ref)
        self._titles = titles
        self.reads: dict[str, None] = {}
        self.site = f"https://{world.site.host}"
        self.owner = self._page.id if self._page is not None else owner_ref.rpartition("/")[2]
        self.title = self._page.title if self._page is not None else ""

    def page(self, target: Mapping[str, Any]) -> str | None:
        found = self._named(target)
        return None if found is None else self._path(found)

    def file(self, name: str, on: Mapping[str, Any] | None) -> File | None:
        holder = self._page if on is None else self._named(on)
        found = None if holder is None else next((each for each in holder.attachments if each.title == name), None)
        if holder is None or found is None:
            return None
        path = f"/wiki/download/attachments/{holder.id}/{quote_plus(found.title)}?version=1&api=v2"
        return File(self._media_id(found), holder.id, path)

    def file_name(self, id: str) -> str | None:  # noqa: A002
        held = self._page.attachments if self._page is not None else ()
        return next((each.title for each in held if self._media_id(each) == id), None)

    def person(self, account: str) -> str | None:
        if not is_known(self._world.site, self._account):
            return None
        found = self._world.site.users.get(account)
        if found is None:
            return None
        self.reads[f"user/{account}"] = None
        return found.name

    def children(self) -> list[tuple[str, str]]:
        if self._page is None:
            return []
        below = self._world.index.children.get(self._page.id, ())
        seen = [each for each in below if each.status == "current" and self._world.sees(self._account, each)]
        self.reads.update({f"page/{each.id}": None for each in seen})
        return [(each.title, self._path(each)) for each in seen]

    def _media_id(self, of: Attachment) -> str:
        return derived_uuid("file", self._world.site.cloud_id, of.id)

    def _path(self, page: Page) -> str:
        key = self._world.site.spaces[page.space_id].key
        return f"/wiki/spaces/{quote(key)}/pages/{page.id}/{quote_plus(page.title)}"

    def _named(self, target: Mapping[str, Any]) -> Page | None:
        """The page that a link names by title, in the space that it names or else the body's own, if it is seen."""
        key = target.get("space")
        space = self._page.space_id if self._page is not None and not key else self._space(str(key))
        if space is None:
            return None
        if space not in self._titles:
            held = self._world.index.by_space.get(space, ())
            self._titles[space] = {each.title: each for each in held if each.status in ("current", "archived")}
        found = self._titles[space].get(str(target.get("title", "")))
        return found if found is not None and self._world.sees(self._account, found) else None

    def _space(self, key: str) -> str | None:
        return next((each.id for each in self._world.site.spaces.values() if each.key == key), None)


def _owner(world: World, ref: str) -> Page | None:
    """The page that a body belongs to, by itself or as a comment's."""
    kind, _, id_ = ref.partition("/")
    if kind == "comment":
        found = world.index.comments.get(id_)
        return found[0] if found is not None else None
    return world.site.pages.get(id_)
