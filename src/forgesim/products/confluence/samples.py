"""What Confluence would say of an event that has not happened, for runs that must have one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from forgesim.products.answer import Happened
from forgesim.products.confluence.events import (
    RAISES,
    attachment_event,
    comment_event,
    label_event,
    page_content,
    page_event,
    space_event,
    task_event,
)
from forgesim.products.confluence.tasks import tasks_in, told
from forgesim.products.confluence.world import Stamp
from forgesim.site.model import Page, Site

__all__ = ["sample"]


def sample(site: Site, name: str, at_ms: int, about: str | None = None) -> Happened | None:
    """What Confluence would say of this event, about the page with the id ``about``, the site's ``$page``, or something
    on either, done by its last author; null for an event that no write raises, or where there is no such thing."""
    page = site.pages.get(about or "") or site.pages.get(site.variables.get("page", ""))
    if page is None or not any(name in names for names in RAISES.values()):
        return None
    what, kind = name.split(":")[2:4]
    make = _MADE.get(kind)
    return make and make(site, [page, *(each for each in site.pages.values() if each is not page)], what, at_ms)


def _page(site: Site, pages: Sequence[Page], what: str, at_ms: int) -> Happened | None:
    return _of_kind(site, pages, what, at_ms, "page")


def _post(site: Site, pages: Sequence[Page], what: str, at_ms: int) -> Happened | None:
    return _of_kind(site, pages, what, at_ms, "blogpost")


def _of_kind(site: Site, pages: Sequence[Page], what: str, at_ms: int, kind: str) -> Happened | None:
    page = next((each for each in pages if each.kind == kind), None)
    if page is None:
        return None
    before = page_content(site, page) if what == "moved" else None
    return page_event(site, page, what, at_ms, by=page.updated_by, before=before, also=_ALSO.get(what))


def _comment(site: Site, pages: Sequence[Page], what: str, at_ms: int) -> Happened | None:
    found = next(((of, each) for of in pages for each in of.comments if not each.inline), None)
    if found is None:
        return None
    author, at = found[1].author, found[1].created_at
    stamp = Stamp(id=found[1].id, number=1, at=at, author=author, created_at=at)
    return comment_event(site, *found, what, at_ms, by=author, stamp=stamp)


def _attachment(site: Site, pages: Sequence[Page], what: str, at_ms: int) -> Happened | None:
    found = next(((of, each) for of in pages for each in of.attachments), None)
    return None if found is None else attachment_event(site, *found, what, at_ms, by=found[1].author)


def _space(site: Site, pages: Sequence[Page], what: str, at_ms: int) -> Happened | None:
    return space_event(site.spaces[pages[0].space_id], what, at_ms, by=pages[0].author)


def _label(site: Site, pages: Sequence[Page], what: str, at_ms: int) -> Happened | None:
    found = next(((of, each) for of in pages for each in of.labels), None)
    return None if found is None else label_event(site, *found, what, at_ms, by=found[0].updated_by)


def _task(site: Site, pages: Sequence[Page], what: str, at_ms: int) -> Happened | None:
    found = next((each for of in pages for each in tasks_in(of)), None)
    if found is None:
        return None
    now, page = told(found), found.page
    before = now if what == "updated" else None
    return task_event(site, page, now, what, at_ms, by=page.updated_by, before=before)


_ALSO: Mapping[str, Mapping[str, object]] = MappingProxyType(
    {
        "copied": {"originContentId": "1"},
        "children_reordered": {"oldSortedChildPageIds": [], "newSortedChildPageIds": []},
    }
)
"""What these events have besides."""

_MADE: Mapping[str, Callable[[Site, Sequence[Page], str, int], Happened | None]] = MappingProxyType(
    {
        "page": _page,
        "blogpost": _post,
        "comment": _comment,
        "attachment": _attachment,
        "space": _space,
        "label": _label,
        "task": _task,
    }
)
