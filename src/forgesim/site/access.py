"""Who may see and change what on a site.

A space or page is open to everybody of the site unless it names its viewers. View and edit restrictions of
a page hold for its descendants too. Nobody passes a restriction by rank: an admin sees a restricted page
when a list names them, as on Confluence. People who are inactive, and accounts that the site does not know,
may do nothing.
"""

from __future__ import annotations

from collections.abc import Iterable

from forgesim.site.holders import APP_ACCOUNT, is_known, names_of, open_to
from forgesim.site.jira_access import jira_refs, may_edit_project, may_view_issue, may_view_project
from forgesim.site.model import Page, Site, Space

__all__ = [
    "APP_ACCOUNT",
    "is_known",
    "may_edit_page",
    "may_edit_project",
    "may_edit_space",
    "may_view_issue",
    "may_view_page",
    "may_view_project",
    "may_view_space",
    "readable_refs",
]


def may_view_space(site: Site, account: str | None, space: Space) -> bool:
    """Whether ``account`` (an account id; ``None`` is nobody) may see ``space`` and what is open in it."""
    names = names_of(site, account)
    return bool(names) and open_to(names, space.viewers)


def may_edit_space(site: Site, account: str | None, space: Space) -> bool:
    """Whether ``account`` may create pages in ``space``; an archived space takes none."""
    names = names_of(site, account)
    listed = bool(names) and open_to(names, space.viewers) and open_to(names, space.editors)
    return listed and space.status == "current"


def may_view_page(site: Site, account: str | None, page: Page) -> bool:
    """Whether ``account`` may see ``page``: its space is visible and no restriction on the way up leaves
    them out.

    A draft is its author's alone.
    """
    names = names_of(site, account)
    if not names or not open_to(names, site.spaces[page.space_id].viewers):
        return False
    if page.status == "draft" and page.author != account:
        return False
    return all(open_to(names, each.viewers) for each in _lineage(site, page))


def may_edit_page(site: Site, account: str | None, page: Page) -> bool:
    """Whether ``account`` may change ``page``: sees it, may write in its space, and no edit restriction
    bars them."""
    if not may_view_page(site, account, page) or not may_edit_space(site, account, site.spaces[page.space_id]):
        return False
    names = names_of(site, account)
    return all(open_to(names, each.editors) for each in _lineage(site, page))


def readable_refs(site: Site, account: str | None) -> frozenset[str]:
    """Refs (``space/ID page/ID comment/ID attachment/ID project/ID board/ID sprint/ID issue/ID worklog/ID filter/ID``)
    of everything that ``account`` may see; ``None`` sees what is open to anyone.

    People are visible to everybody of a site, so they are not listed.
    """
    names = names_of(site, account)
    if not names:
        return frozenset(jira_refs(site, account))
    spaces = {space.id for space in site.spaces.values() if open_to(names, space.viewers)}
    refs = {f"space/{space}" for space in spaces}
    known: dict[str, bool] = {}
    for page in site.pages.values():
        if page.space_id in spaces and _clear(site, names, page, known) and _is_shown(page, account):
            refs.add(f"page/{page.id}")
            refs.update([f"comment/{comment.id}" for comment in page.comments])
            refs.update([f"attachment/{attachment.id}" for attachment in page.attachments])
    refs.update(jira_refs(site, account))
    return frozenset(refs)


def _is_shown(page: Page, account: str | None) -> bool:
    return page.status != "draft" or page.author == account


def _lineage(site: Site, page: Page) -> Iterable[Page]:
    """The page and its ancestors; a loop in the tree ends where it closes."""
    seen: set[str] = set()
    here: Page | None = page
    while here is not None and here.id not in seen:
        seen.add(here.id)
        yield here
        here = site.pages.get(here.parent_id) if here.parent_id else None


def _clear(site: Site, names: frozenset[str], page: Page, known: dict[str, bool]) -> bool:
    """Whether no view restriction from the page upwards leaves the names out; ``known`` remembers answers."""
    if page.id not in known:
        known[page.id] = all(open_to(names, each.viewers) for each in _lineage(site, page))
    return known[page.id]
