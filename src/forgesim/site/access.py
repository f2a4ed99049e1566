"""Who may see and change what on a site. Nothing else decides that.

A space or page is open to everybody of the site unless it names its viewers. View and edit restrictions of
a page hold for its descendants too. Nobody passes a restriction by rank: an admin sees a restricted page
when a list names them, as on Confluence. People who are inactive, and accounts that the site does not know,
may do nothing. Who has not logged in may do what a space grants to ``anonymous``, where the site allows that at all.

In a space, who may do one thing is told by ``Space.permissions``; where that says nothing of it, whoever may edit the
space may create and delete what is in it, whoever sees it may comment and export, and its owner and the admins of the
site may administer it (so may an app that may edit it).
"""

from __future__ import annotations

from collections.abc import Iterable

from forgesim.site.groups import EVERYBODY
from forgesim.site.jira_model import Issue, Project
from forgesim.site.model import Comment, Page, Site, Space

__all__ = [
    "ANONYMOUS",
    "APP_ACCOUNT",
    "OPERATIONS",
    "grants",
    "group_may",
    "is_known",
    "may",
    "may_attach",
    "may_comment",
    "may_delete_comment",
    "may_delete_page",
    "may_edit_page",
    "may_edit_project",
    "may_edit_space",
    "may_restrict_page",
    "may_view_issue",
    "may_view_page",
    "may_view_project",
    "may_view_space",
    "readable_refs",
]

APP_ACCOUNT = "712020:a11a99e5-0000-4000-8000-000000000a99"
"""The account that an app acts as when it acts for nobody; it sees what is open to everybody of the site."""

ANONYMOUS = "anonymous"
"""What a space calls everybody on earth in its lists."""

OPERATIONS = (
    "read:space",
    "create:page",
    "create:blogpost",
    "create:comment",
    "create:attachment",
    "delete:page",
    "delete:blogpost",
    "delete:comment",
    "delete:attachment",
    "archive:page",
    "export:space",
    "restrict_content:space",
    "administer:space",
)
"""What a space may grant, as ``Space.permissions`` and Confluence name it: operation and target."""

_STAY = frozenset({"read:space", "export:space", "administer:space"})
"""What an archived space still allows."""
_VIEWERS = frozenset({"create:comment", "export:space"})
"""What whoever sees a space may do, unless it says otherwise."""


def may(site: Site, account: str | None, operation: str, space: Space) -> bool:
    """Whether ``account`` (an account id; ``None`` is nobody) may do one of ``OPERATIONS`` in ``space``.

    Restrictions of single pages come on top.
    """
    names = _public_names(site, account)
    if not _sees(names, space) or (space.status != "current" and operation not in _STAY):
        return False
    if operation == "read:space":
        return True
    listed = space.permissions.get(operation)
    if listed is not None:
        return not names.isdisjoint(listed)
    if account is None:
        return False
    if operation in _VIEWERS:
        return True
    user = site.users.get(account)
    if operation == "administer:space" and user is not None and user.kind != "app":
        return user.admin or space.owner == account
    return _open_to(names, space.editors)


def may_view_space(site: Site, account: str | None, space: Space) -> bool:
    """Whether ``account`` may see ``space`` and what is open in it."""
    return may(site, account, "read:space", space)


def may_edit_space(site: Site, account: str | None, space: Space) -> bool:
    """Whether ``account`` may create pages in ``space``; an archived space takes none."""
    return may(site, account, "create:page", space)


def may_view_page(site: Site, account: str | None, page: Page) -> bool:
    """Whether ``account`` may see ``page`` or blog post: its space is visible and no restriction on the way up leaves
    them out.

    A draft is its author's alone.
    """
    names = _public_names(site, account)
    if not _sees(names, site.spaces[page.space_id]):
        return False
    if page.status == "draft" and page.author != account:
        return False
    return all(_open_to(names, each.viewers) for each in _lineage(site, page))


def may_edit_page(site: Site, account: str | None, page: Page) -> bool:
    """Whether ``account`` may change ``page``: sees it, may create such in its space, and no edit restriction
    bars them."""
    if not may_view_page(site, account, page):
        return False
    if not may(site, account, f"create:{page.kind}", site.spaces[page.space_id]):
        return False
    names = _public_names(site, account)
    return all(_open_to(names, each.editors) for each in _lineage(site, page))


def may_delete_page(site: Site, account: str | None, page: Page) -> bool:
    """Whether ``account`` may put ``page`` into the trash: may change it and delete such in its space. A draft is its
    author's to delete."""
    if page.status == "draft":
        return may_edit_page(site, account, page)
    allowed = may(site, account, f"delete:{page.kind}", site.spaces[page.space_id])
    return allowed and may_edit_page(site, account, page)


def may_restrict_page(site: Site, account: str | None, page: Page) -> bool:
    """Whether ``account`` may change who sees and who edits ``page``."""
    space = site.spaces[page.space_id]
    return may_edit_page(site, account, page) and may(site, account, "restrict_content:space", space)


def group_may(site: Site, group: str, operation: str, page: Page) -> bool:
    """Whether what is granted to ``group`` alone lets one ``read``, ``update`` or ``delete`` the page."""
    names, space = frozenset((f"group:{group}", f"group:{EVERYBODY}")), site.spaces[page.space_id]
    lineage = list(_lineage(site, page))
    if page.status == "draft" or not _sees(names, space) or not all(_open_to(names, each.viewers) for each in lineage):
        return False
    if operation == "read":
        return True
    asked = [f"create:{page.kind}", *((f"delete:{page.kind}",) if operation == "delete" else ())]
    granted = all(_open_to(names, space.permissions.get(each, space.editors)) for each in asked)
    return space.status == "current" and granted and all(_open_to(names, each.editors) for each in lineage)


def grants(site: Site, space: Space) -> list[tuple[str, str]]:
    """Operation → account id, ``group:NAME`` or ``anonymous``: who may do what in the space, as lists would say it."""
    readers = space.permissions.get("read:space", space.viewers)
    readers = [f"group:{EVERYBODY}"] if readers is None else readers
    admins = [user.account_id for user in site.users.values() if user.admin or user.account_id == space.owner]
    found = []
    for operation in OPERATIONS:
        if operation == "read:space":
            names = readers
        elif operation in space.permissions:
            names = space.permissions[operation]
        elif operation == "administer:space":
            names = admins
        else:
            names = readers if operation in _VIEWERS or space.editors is None else space.editors
            names = [name for name in names if name != ANONYMOUS]
        found += [(operation, name) for name in dict.fromkeys(names)]
    return found


def may_comment(site: Site, account: str | None, page: Page) -> bool:
    """Whether ``account`` may comment on ``page``, which it must see."""
    return may_view_page(site, account, page) and may(site, account, "create:comment", site.spaces[page.space_id])


def may_delete_comment(site: Site, account: str | None, page: Page, comment: Comment) -> bool:
    """Its author may, and whoever edits the page and may delete comments in its space."""
    if not may_view_page(site, account, page):
        return False
    if account is not None and comment.author == account:
        return True
    return may_edit_page(site, account, page) and may(site, account, "delete:comment", site.spaces[page.space_id])


def may_attach(site: Site, account: str | None, page: Page) -> bool:
    """Whether ``account`` may attach files to ``page`` and change those there."""
    return may_edit_page(site, account, page) and may(site, account, "create:attachment", site.spaces[page.space_id])


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
    names = _public_names(site, account)
    spaces = {space.id for space in site.spaces.values() if _sees(names, space)}
    refs = {f"space/{space}" for space in spaces}
    clear: dict[str, bool] = {}
    for page in site.pages.values():
        if page.space_id in spaces and _clear(site, names, page, clear) and _is_shown(page, account):
            refs.add(f"page/{page.id}")
            refs.update([f"comment/{comment.id}" for comment in page.comments])
            refs.update([f"attachment/{attachment.id}" for attachment in page.attachments])
    known = _names(site, account)
    refs.update(
        _jira_refs(site, {each.id for each in site.projects.values() if known and _open_to(known, each.viewers)})
    )
    return frozenset(refs)


def _jira_refs(site: Site, projects: set[str]) -> Iterable[str]:
    """What lies in the projects, and they themselves."""
    boards = {board.id for board in site.boards.values() if board.project_id in projects}
    yield from [f"project/{project}" for project in projects]
    yield from [f"board/{board}" for board in boards]
    yield from [f"sprint/{sprint.id}" for sprint in site.sprints.values() if sprint.board_id in boards]
    for issue in site.issues.values():
        if issue.project_id in projects:
            yield f"issue/{issue.id}"
            yield from [f"comment/{comment.id}" for comment in issue.comments]


def _is_shown(page: Page, account: str | None) -> bool:
    return page.status != "draft" or page.author == account


def _names(site: Site, account: str | None) -> frozenset[str]:
    """What a viewers' list may call the account; empty when the account may do nothing."""
    if account is None:
        return frozenset()
    if account == APP_ACCOUNT:
        return frozenset((APP_ACCOUNT, f"group:{EVERYBODY}"))
    user = site.users.get(account)
    if user is None or not user.active:
        return frozenset()
    return frozenset((account, f"group:{EVERYBODY}", *(f"group:{group}" for group in user.groups)))


def _public_names(site: Site, account: str | None) -> frozenset[str]:
    """What the lists of a space may call the account; nobody is one of everybody on earth, where the site allows."""
    names = _names(site, account)
    if not site.anonymous or (account is not None and not names):
        return names
    return names | {ANONYMOUS}


def _sees(names: frozenset[str], space: Space) -> bool:
    """Whether the space is open to one of the names; to everybody of the site is not to everybody on earth."""
    listed = space.permissions.get("read:space", space.viewers)
    if listed is None:
        return bool(names - {ANONYMOUS})
    return not names.isdisjoint(listed)


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
