"""Changing a page the way a person at the site does, between an app's calls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from forgesim.errors import InputError, Problem
from forgesim.site.model import Label, Page, Site, Version
from forgesim.site.storage import storage_problem

__all__ = ["edit_page", "find_page", "find_user"]

_LABEL_BAD = frozenset(" !#&()*,.:;<>?@[]^")
"""Characters that Confluence refuses in a label."""


def edit_page(
    site: Site,
    ref: str,
    *,
    title: str | None = None,
    body: str | None = None,
    labels: Sequence[str] | None = None,
    owner: str | None = None,
    at_ms: int,
) -> Page:
    """Edit the page ``ref`` (an id or a title) at ``at_ms`` and return it; ``None`` leaves a part as it is.

    The page gets a new version by its last author. ``labels`` are all labels that it shall have; ``owner``
    is a handle or account id, and an empty one leaves the page without an owner. ``at_ms`` may lie in the
    past, which ages the page. Raises InputError, and changes nothing, where the page, the owner, a label,
    the markup or a title that another page of the space has cannot be used.
    """
    page = find_page(site, ref)
    new_owner = find_user(site, owner) if owner else None
    problems = [*_title_problems(site, page, title), *_label_problems(labels)]
    if body is not None and (problem := storage_problem(body)):
        problems.append(f"body of page {page.id}: {problem}")
    if problems:
        raise InputError(*problems)
    _add_version(page, at_ms)
    page.title = page.title if title is None else title
    page.body = page.body if body is None else body
    page.owner = page.owner if owner is None else new_owner
    if labels is not None:
        page.labels = [_label(site, name) for name in dict.fromkeys(labels)]
    return page


def find_page(site: Site, ref: str) -> Page:
    """The page with the id or, if only one has it, the title ``ref``. Raises InputError."""
    if ref in site.pages:
        return site.pages[ref]
    found = [page for page in site.pages.values() if page.title == ref]
    if len(found) == 1:
        return found[0]
    if found:
        ids = ", ".join(page.id for page in found)
        raise InputError(f"site {site.name!r} has {len(found)} pages titled {ref!r}: give an id ({ids})")
    raise InputError(f"site {site.name!r} has no page {ref!r} (neither id nor title)")


def find_user(site: Site, name: str) -> str:
    """The account id of a person by handle or id. Raises InputError with the people there are."""
    if name in site.users:
        return name
    for user in site.users.values():
        if user.handle == name:
            return user.account_id
    people = ", ".join(sorted(user.handle for user in site.users.values() if user.kind == "atlassian"))
    raise InputError(Problem(what=f"the site has no user {name!r}", hint=f"there are: {people}"))


def _title_problems(site: Site, page: Page, title: str | None) -> list[str]:
    if title is None:
        return []
    if not title.strip():
        return [f"page {page.id}: a title cannot be empty"]
    others = (other for other in site.pages.values() if other.space_id == page.space_id and other is not page)
    if any(other.title.casefold() == title.casefold() for other in others):
        return [f"page {page.id}: another page of its space is titled {title!r}"]
    return []


def _label_problems(labels: Sequence[str] | None) -> list[str]:
    return [
        f"label {name!r}: a label has 1 to 255 characters and none of space !#&()*,.:;<>?@[]^"
        for name in labels or ()
        if not 1 <= len(name) <= 255 or not _LABEL_BAD.isdisjoint(name)
    ]


def _add_version(page: Page, at_ms: int) -> None:
    if page.versions and page.versions[-1].number == page.version:
        page.versions[-1] = replace(page.versions[-1], title=page.title, body=page.body)
    page.version += 1
    page.updated_at = at_ms
    page.created_at = min(page.created_at, at_ms)
    page.versions.append(Version(number=page.version, at=at_ms, author=page.updated_by))


def _label(site: Site, name: str) -> Label:
    """The site's label of that name, or a new one with the next id."""
    low = name.lower()
    for page in site.pages.values():
        for label in page.labels:
            if label.name == low and label.prefix == "global":
                return Label(id=label.id, name=low)
    site.next_id += 1
    return Label(id=str(site.next_id), name=low)
