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

from forgesim.site.holders import APP_ACCOUNT, EVERYBODY, is_known, names_of, open_to
from forgesim.site.jira_access import jira_refs, may_edit_project, may_view_issue, may_view_project
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
    return space.status == "current" and open_to(names, space.editors)


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
    return all(open_to(names, each.viewers) for each in _lineage(site, page))


def may_edit_page(site: Site, account: str | None, page: Page) -> bool:
    """Whether ``account`` may change ``page``: sees it, may create such in its space, and no edit restriction
    bars them."""
    if not may_view_page(site, account, page):
        return False
    if not may(site, account, f"create:{page.kind}", site.spaces[page.space_id]):
        return False
    names = _public_names(site, account)
    return all(open_to(names, each.editors) for each in _lineage(site, page))


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
    if page.status == "draft" or not _sees(names, space) or not all(open_to(names, each.viewers) for each in lineage):
        return False
    if operation == "read":
        return True
    asked = [f"create:{page.kind}", *((f"delete:{page.kind}",) if operation == "delete" else ())]
    granted = all(open_to(names, space.permissions.get(each, space.editors)) for each in asked)
    return space.status == "current" and granted and all(open_to(names, each.editors) for each in lineage)


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
    """Its author may, and whoever edits the page and may delete comments in its space; nobody in an archived one."""
    if not may_view_page(site, account, page) or site.spaces[page.space_id].status != "current":
        return False
    if account is not None and comment.author == account:
        return True
    return may_edit_page(site, account, page) and may(site, account, "delete:comment", site.spaces[page.space_id])


def may_attach(site: Site, account: str | None, page: Page) -> bool:
    """Whether ``account`` may attach files to ``page`` and change those there."""
    return may_edit_page(site, account, page) and may(site, account, "create:attachment", site.spaces[page.space_id])


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
    refs.update(jira_refs(site, account))
    return frozenset(refs)


def _is_shown(page: Page, account: str | None) -> bool:
    return page.status != "draft" or page.author == account


def _public_names(site: Site, account: str | None) -> frozenset[str]:
    """What the lists of a space may call the account; nobody is one of everybody on earth, where the site allows."""
    names = names_of(site, account)
    if not site.anonymous or (account is not None and not names):
        return names
    return names | {ANONYMOUS}


def _sees(names: frozenset[str], space: Space) -> bool:
    """Whether the space is open to one of the names; to everybody of the site is not to everybody on earth."""
    listed = space.permissions.get("read:space", space.viewers)
    if listed is None:
        return bool(names - {ANONYMOUS})
    return not names.isdisjoint(listed)


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
