"""Who may see what on a site, from the meaning that the model's docstrings and Atlassian's documents give its fields.

A second opinion: it shares no line with ``forgesim.site.access`` and asks it for the name of the app's account alone.
Everything is a plain set. A viewer is an account id; ``None`` is a caller without an account.

- A person of the site is in ``users``, active, and of no closed account. The app's account is a member of every site
  and in no group but those that the site gives it. Nobody else sees anything but what is open to everybody on earth:
  ``viewers: None`` is everybody *of the site*.
- To administer a site is no right to read: a page, a space or a project that does not name an admin stays hidden.
- A space: ``space_oracle.py``. A page: its space, and the restrictions of itself and of everything above it, each; a
  draft is its author's alone. Neither its owner nor its author is exempt from a restriction.
- What lies in a page or an issue (comments, attachments, labels, properties, versions) is seen with it.
- An issue: ``jira_oracle.py``. A board: the project that it is over. A sprint: the board that it was made on, or one
  issue of it at least ("Get sprint"). People: to whoever may use the site.
"""

from __future__ import annotations

from collections.abc import Iterator

from tests.products.rights.jira_oracle import administers, holds, jira_visible
from tests.products.rights.space_oracle import permits, space_names

from forgesim.site.access import APP_ACCOUNT
from forgesim.site.jira_model import Issue, Project
from forgesim.site.model import Page, Site, Space

__all__ = [
    "drop_hidden", "editable", "groups_of", "is_member", "may_administer", "may_in", "may_in_space", "names_of",
    "visible",
]  # fmt: skip

Viewer = str | None


def visible(site: Site, viewer: Viewer) -> frozenset[str]:
    """Refs of all that the viewer may see: ``space/ID``, ``page/ID``, ``user/ACCOUNT``, …; keys are not among them."""
    names = names_of(site, viewer)
    pages = {page.id: page for page in site.pages.values() if _sees_page(site, viewer, page)}
    spaces = {space.id for space in site.spaces.values() if permits(site, viewer, names, "read:space", space)}
    refs: set[str] = {f"user/{account}" for account in {*site.users, APP_ACCOUNT} if names}
    refs |= {f"space/{each}" for each in spaces} | {f"page/{each}" for each in pages}
    refs |= {f"comment/{each.id}" for page in pages.values() for each in page.comments}
    refs |= {f"attachment/{each.id}" for page in pages.values() for each in page.attachments}
    refs |= jira_visible(site, viewer, names)
    return frozenset(refs)


def editable(site: Site, viewer: Viewer) -> frozenset[str]:
    """Refs of the spaces where the viewer may create pages, and of the pages and blog posts that they may change: those
    that they see, in a space where they may create such, and that no editors of the page itself and of what is above it
    leave them out of."""
    refs = {f"space/{each.id}" for each in site.spaces.values() if may_in_space(site, viewer, "create:page", each)} | {
        f"page/{page.id}"
        for page in site.pages.values()
        if may_in_space(site, viewer, f"create:{page.kind}", site.spaces[page.space_id])
        and all(_named(site, viewer, each.editors) for each in _lineage(site, page))
    }
    return frozenset(refs & visible(site, viewer))


def drop_hidden(site: Site, viewer: Viewer) -> None:
    """Takes from the site what the viewer does not see, unless something that stays names it."""
    seen = visible(site, viewer)
    above = {page.parent_id for page in site.pages.values() if f"page/{page.id}" in seen}
    site.pages = {key: each for key, each in site.pages.items() if f"page/{key}" in seen or key in above}
    homes = {page.space_id for page in site.pages.values()}
    homes |= {space.id for space in site.spaces.values() if space.kind == "personal"}  # a profile has its id
    site.spaces = {key: each for key, each in site.spaces.items() if f"space/{key}" in seen or key in homes}
    shown = [issue for issue in site.issues.values() if f"issue/{issue.id}" in seen]
    named = {issue.parent_id for issue in shown}
    moves = [item for issue in shown for change in issue.changes for item in change.items if item.field == "parent"]
    named |= {each.old for each in moves} | {each.new for each in moves}
    site.issues = {key: each for key, each in site.issues.items() if f"issue/{key}" in seen or key in named}


def is_member(site: Site, viewer: Viewer) -> bool:
    """Whether the viewer may use the site at all."""
    if viewer is None:
        return False
    user = site.users.get(viewer)
    if user is None:
        return viewer == APP_ACCOUNT
    return user.active and not user.closed


def names_of(site: Site, viewer: Viewer) -> frozenset[str]:
    """What lists call the viewer; empty for whoever may not use the site."""
    if viewer is None or not is_member(site, viewer):
        return frozenset()
    return frozenset({viewer, *(f"group:{each}" for each in groups_of(site, viewer))})


def may_in(site: Site, viewer: Viewer, permission: str, place: Project | Issue) -> bool:
    """Whether the viewer has a permission of Jira in the project or for the issue."""
    return holds(site, viewer, names_of(site, viewer), permission, place)


def may_in_space(site: Site, viewer: Viewer, operation: str, space: Space) -> bool:
    """Whether the viewer may do that, as Confluence names it (``create:page``), in the space."""
    return permits(site, viewer, names_of(site, viewer), operation, space)


def may_administer(site: Site, viewer: Viewer, project: Project) -> bool:
    return administers(site, viewer, names_of(site, viewer), project)


def groups_of(site: Site, viewer: str) -> frozenset[str]:
    user = site.users.get(viewer)
    return frozenset(user.groups if user is not None else ())


def _named(site: Site, viewer: Viewer, names: list[str] | None) -> bool:
    if names is None:
        return True
    return not space_names(site, viewer, names_of(site, viewer)).isdisjoint(names)


def _sees_page(site: Site, viewer: Viewer, page: Page) -> bool:
    space = site.spaces.get(page.space_id)
    if space is None or not may_in_space(site, viewer, "read:space", space):
        return False
    if page.status == "draft" and page.author != viewer:
        return False
    return all(_named(site, viewer, each.viewers) for each in _lineage(site, page))


def _lineage(site: Site, page: Page) -> Iterator[Page]:
    """The page, then what is above it, once each: a hand-made site may go round in a circle."""
    above, seen = page, {page.id}
    yield above
    while above.parent_id is not None and above.parent_id in site.pages and above.parent_id not in seen:
        above = site.pages[above.parent_id]
        seen.add(above.id)
        yield above
