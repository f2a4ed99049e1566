"""Who may see and change what on a site.

A space or page is open to everybody of the site unless it names its viewers. View and edit restrictions of
a page hold for its descendants too. Nobody passes a restriction by rank: an admin sees a restricted page
when a list names them, as on Confluence. People who are inactive, and accounts that the site does not know,
may do nothing.
"""

from __future__ import annotations

from collections.abc import Iterable

from forgesim.site.jira_model import Issue, Project
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

APP_ACCOUNT = "712020:a11a99e5-0000-4000-8000-000000000a99"
"""The account that an app acts as when it acts for nobody; it sees what is open to everybody of the site."""


def may_view_space(site: Site, account: str | None, space: Space) -> bool:
    """Whether ``account`` (an account id; ``None`` is nobody) may see ``space`` and what is open in it."""
    names = _names(site, account)
    return bool(names) and _open_to(names, space.viewers)


def may_edit_space(site: Site, account: str | None, space: Space) -> bool:
    """Whether ``account`` may create pages in ``space``; an archived space takes none."""
    names = _names(site, account)
    listed = bool(names) and _open_to(names, space.viewers) and _open_to(names, space.editors)
    return listed and space.status == "current"


def may_view_page(site: Site, account: str | None, page: Page) -> bool:
    """Whether ``account`` may see ``page``: its space is visible and no restriction on the way up leaves
    them out.

    A draft is its author's alone.
    """
    names = _names(site, account)
    if not names or not _open_to(names, site.spaces[page.space_id].viewers):
        return False
    if page.status == "draft" and page.author != account:
        return False
    return all(_open_to(names, each.viewers) for each in _lineage(site, page))


def may_edit_page(site: Site, account: str | None, page: Page) -> bool:
    """Whether ``account`` may change ``page``: sees it, may write in its space, and no edit restriction
    bars them."""
    if not may_view_page(site, account, page) or not may_edit_space(site, account, site.spaces[page.space_id]):
        return False
    names = _names(site, account)
    return all(_open_to(names, each.editors) for each in _lineage(site, page))


def is_known(site: Site, account: str | None) -> bool:
    """Whether ``account`` may use the site at all: an active person's, or the app's own."""
    return bool(_names(site, account))


def may_view_project(site: Site, account: str | None, project: Project) -> bool:
    """Whether ``account`` may browse ``project``: see it, its board, sprints and issues."""
    names = _names(site, account)
    return bool(names) and _open_to(names, project.viewers)


def may_view_issue(site: Site, account: str | None, issue: Issue) -> bool:
    return may_view_project(site, account, site.projects[issue.project_id])


def may_edit_project(site: Site, account: str | None, project: Project) -> bool:
    """Whether ``account`` may create, change and delete what is in ``project``."""
    return may_view_project(site, account, project) and _open_to(_names(site, account), project.editors)


def readable_refs(site: Site, account: str | None) -> frozenset[str]:
    """Refs (``space/ID page/ID comment/ID attachment/ID project/ID board/ID sprint/ID issue/ID``) of everything that
    ``account`` may see.

    People are visible to everybody of a site, so they are not listed.
    """
    names = _names(site, account)
    if not names:
        return frozenset()
    spaces = {space.id for space in site.spaces.values() if _open_to(names, space.viewers)}
    refs = {f"space/{space}" for space in spaces}
    known: dict[str, bool] = {}
    for page in site.pages.values():
        if page.space_id in spaces and _clear(site, names, page, known) and _is_shown(page, account):
            refs.add(f"page/{page.id}")
            refs.update([f"comment/{comment.id}" for comment in page.comments])
            refs.update([f"attachment/{attachment.id}" for attachment in page.attachments])
    refs.update(_jira_refs(site, {each.id for each in site.projects.values() if _open_to(names, each.viewers)}))
    return frozenset(refs)


def _jira_refs(site: Site, projects: set[str]) -> Iterable[str]:
    """What lies in the projects, and they themselves."""
    boards = {board.id for board in site.boards.values() if board.project_id in projects}
    yield from [f"project/{project}" for project in projects]
    yield from [f"board/{board}" for board in boards]
    issues = [issue for issue in site.issues.values() if issue.project_id in projects]
    held = {sprint for issue in issues for sprint in issue.sprints}
    yield from [f"sprint/{each.id}" for each in site.sprints.values() if each.board_id in boards or each.id in held]
    for issue in issues:
        yield f"issue/{issue.id}"
        yield from [f"comment/{comment.id}" for comment in issue.comments]


def _is_shown(page: Page, account: str | None) -> bool:
    return page.status != "draft" or page.author == account


def _names(site: Site, account: str | None) -> frozenset[str]:
    """What a viewers' list may call the account; empty when the account may do nothing."""
    if account is None:
        return frozenset()
    if account == APP_ACCOUNT:
        return frozenset((APP_ACCOUNT,))
    user = site.users.get(account)
    if user is None or not user.active or user.closed:
        return frozenset()
    return frozenset((account, *(f"group:{group}" for group in user.groups)))


def _open_to(names: frozenset[str], listed: Iterable[str] | None) -> bool:
    return listed is None or not names.isdisjoint(listed)


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
        known[page.id] = all(_open_to(names, each.viewers) for each in _lineage(site, page))
    return known[page.id]
