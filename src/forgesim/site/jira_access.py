"""Who may see and change what in Jira.

A project without a permission scheme is open to its viewers and may be changed by its editors; what administers it is
for admins of the site. One with a scheme gives each permission to its holders (``jira_parts``) and to nobody else,
admins neither. Every permission asks for that to browse, of an issue too. An issue with a security level is for the
level's members alone, a comment or worklog with a visibility for that role's or group's.

Holders that depend on an issue (its reporter, assignee, creator) hold nothing of the project as a whole but this: may
they browse, the project itself is seen by everybody of the site, for anybody could be its next reporter (Atlassian's
knowledge base, "Granting Browse Project permission to 'Current Assignee', 'Reporter' …", 586056400).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

from forgesim.site.holders import names_of, open_to
from forgesim.site.jira_model import Issue, Project
from forgesim.site.jira_parts import Filter, SecurityLevel, Visibility

if TYPE_CHECKING:
    from forgesim.site.model import Site

__all__ = [
    "PERMISSIONS",
    "holds",
    "holds_globally",
    "in_role",
    "is_open_to_anyone",
    "jira_refs",
    "level_of",
    "may_edit_project",
    "may_see_filter",
    "may_see_said",
    "may_view_issue",
    "may_view_project",
]

_VIEWERS = ("BROWSE_PROJECTS", "VIEW_VOTERS_AND_WATCHERS", "VIEW_DEV_TOOLS", "VIEW_READONLY_WORKFLOW",
            "ASSIGNABLE_USER")  # fmt: skip
_EDITORS = (
    "CREATE_ISSUES", "EDIT_ISSUES", "DELETE_ISSUES", "TRANSITION_ISSUES", "ADD_COMMENTS", "ASSIGN_ISSUES",
    "SCHEDULE_ISSUES", "RESOLVE_ISSUES", "CLOSE_ISSUES", "MANAGE_SPRINTS_PERMISSION",
    "CREATE_ATTACHMENTS", "DELETE_OWN_ATTACHMENTS", "DELETE_OWN_COMMENTS", "DELETE_OWN_WORKLOGS", "EDIT_OWN_COMMENTS",
    "EDIT_OWN_WORKLOGS", "LINK_ISSUES", "MANAGE_WATCHERS", "MODIFY_REPORTER", "MOVE_ISSUES", "SET_ISSUE_SECURITY",
    "WORK_ON_ISSUES",
)  # fmt: skip
_ADMINS = (
    "ADMINISTER_PROJECTS", "DELETE_ALL_ATTACHMENTS", "DELETE_ALL_COMMENTS", "DELETE_ALL_WORKLOGS", "EDIT_ALL_COMMENTS",
    "EDIT_ALL_WORKLOGS",
)  # fmt: skip
_OF_ISSUE = frozenset({"reporter", "assignee", "creator"})
_GLOBAL_ADMINS = ("ADMINISTER", "SYSTEM_ADMIN", "CREATE_PROJECT")
_GLOBAL = ("BULK_CHANGE", "CREATE_SHARED_OBJECTS", "MANAGE_GROUP_FILTER_SUBSCRIPTIONS", "USER_PICKER")

Kind = Literal["PROJECT", "GLOBAL"]
PERMISSIONS: Mapping[str, Kind] = MappingProxyType(
    {
        **dict.fromkeys((*_VIEWERS, *_EDITORS, *_ADMINS), "PROJECT"),
        **dict.fromkeys((*_GLOBAL_ADMINS, *_GLOBAL), "GLOBAL"),
    }
)
"""Every permission of Jira that is emulated, and whether it is held in a project or on the site."""


def may_view_project(site: Site, account: str | None, project: Project) -> bool:
    """Whether ``account`` (an account id; ``None`` is nobody) may browse ``project``: see it and its board, sprints
    and issues."""
    if project.scheme_id is None:
        names = names_of(site, account)
        return bool(names) and open_to(names, project.viewers)
    scheme = site.jira.permission_schemes.get(project.scheme_id)
    holders = scheme.grants.get("BROWSE_PROJECTS", ()) if scheme else ()
    if not _OF_ISSUE.isdisjoint(holders) and names_of(site, account):
        return True
    return _any_held(site, account, holders, project, None)


def may_view_issue(site: Site, account: str | None, issue: Issue) -> bool:
    project = site.projects[issue.project_id]
    if project.scheme_id is None:
        seen = may_view_project(site, account, project)
    else:
        seen = _granted(site, account, "BROWSE_PROJECTS", project, issue)
    return seen and (issue.security_id is None or _in_level(site, account, project, issue))


def may_edit_project(site: Site, account: str | None, project: Project) -> bool:
    """Whether ``account`` may create, change and delete what is in ``project``."""
    return holds(site, account, "EDIT_ISSUES", project)


def holds(site: Site, account: str | None, permission: str, project: Project, issue: Issue | None = None) -> bool:
    """Whether ``account`` has the permission of a project there, or for one of its issues."""
    seen = may_view_project(site, account, project) if issue is None else may_view_issue(site, account, issue)
    if not seen or permission in _VIEWERS[:1]:
        return seen
    if project.scheme_id is not None:
        return _granted(site, account, permission, project, issue)
    if permission in _VIEWERS:
        return True
    if permission in _ADMINS:
        return holds_globally(site, account, "ADMINISTER")
    return open_to(names_of(site, account), project.editors)


def holds_globally(site: Site, account: str | None, permission: str) -> bool:
    """Whether ``account`` has the permission on the site; what everybody has, the app's own account has too."""
    if not names_of(site, account):
        return False
    user = site.users.get(account or "")
    return permission not in _GLOBAL_ADMINS or bool(user and user.admin)


def is_open_to_anyone(site: Site) -> bool:
    """Whether some project lets people browse who are not logged in."""
    return any(may_view_project(site, None, project) for project in site.projects.values())


def in_role(site: Site, account: str | None, project: Project, role: str) -> bool:
    """Whether the account is a member of a project role (its id) there."""
    return not names_of(site, account).isdisjoint(project.roles.get(role, ()))


def may_see_said(site: Site, account: str | None, project: Project, visibility: Visibility | None) -> bool:
    """Whether a comment or worklog of that visibility is for ``account``."""
    if visibility is None:
        return True
    if visibility.kind == "group":
        return f"group:{visibility.value}" in names_of(site, account)
    roles = [role for role, name in site.jira.roles.items() if name == visibility.value]
    return any(in_role(site, account, project, role) for role in roles)


def may_see_filter(site: Site, account: str | None, found: Filter) -> bool:
    names = names_of(site, account)
    return bool(names) and (found.owner == account or any(_is_held(names, each) for each in found.viewers))


def level_of(site: Site, project: Project, level: str | None) -> SecurityLevel | None:
    scheme = site.jira.security_schemes.get(project.security_id or "")
    return next((each for each in scheme.levels if each.id == level), None) if scheme else None


def jira_refs(site: Site, account: str | None) -> Iterable[str]:
    """Refs of the projects, what lies in them, and the filters that ``account`` may see. A sprint is seen with its
    board, and with an issue in it."""
    yield from [f"filter/{each.id}" for each in site.jira.filters.values() if may_see_filter(site, account, each)]
    shown = {project.id: may_view_project(site, account, project) for project in site.projects.values()}
    boards = {board.id for board in site.boards.values() if shown[board.project_id]}
    yield from [f"project/{project}" for project, seen in shown.items() if seen]
    yield from [f"board/{board}" for board in boards]
    plain = {project.id: project.scheme_id is None for project in site.projects.values()}
    held: set[int] = set()
    for issue in site.issues.values():
        simple = plain[issue.project_id] and issue.security_id is None
        if shown[issue.project_id] if simple else may_view_issue(site, account, issue):
            held.update(issue.sprints)
            yield from _issue_refs(site, account, issue)
    yield from [f"sprint/{each.id}" for each in site.sprints.values() if each.board_id in boards or each.id in held]


def _issue_refs(site: Site, account: str | None, issue: Issue) -> Iterable[str]:
    yield f"issue/{issue.id}"
    project = site.projects[issue.project_id]
    for comment in issue.comments:
        if comment.visibility is None or may_see_said(site, account, project, comment.visibility):
            yield f"comment/{comment.id}"
    for worklog in issue.worklogs:
        if may_see_said(site, account, project, worklog.visibility):
            yield f"worklog/{worklog.id}"
    yield from [f"attachment/{attachment.id}" for attachment in issue.attachments]


def _in_level(site: Site, account: str | None, project: Project, issue: Issue) -> bool:
    """A level that the project's scheme does not have is nobody's."""
    level = level_of(site, project, issue.security_id)
    return level is not None and _any_held(site, account, level.members, project, issue)


def _granted(site: Site, account: str | None, permission: str, project: Project, issue: Issue | None) -> bool:
    scheme = site.jira.permission_schemes.get(project.scheme_id or "")
    return scheme is not None and _any_held(site, account, scheme.grants.get(permission, ()), project, issue)


def _any_held(
    site: Site, account: str | None, holders: Iterable[str], project: Project, issue: Issue | None
) -> bool:  # fmt: skip
    names = names_of(site, account)
    if not names:
        return account is None and "anyone" in holders
    for holder in holders:
        if _is_held(names, holder):
            return True
        if holder.startswith("role:") and in_role(site, account, project, holder[5:]):
            return True
        if account == _person(holder, project, issue):
            return True
    return False


def _person(holder: str, project: Project, issue: Issue | None) -> str | None:
    match holder:
        case "lead":
            return project.lead
        case "reporter":
            return issue.reporter if issue else None
        case "assignee":
            return issue.assignee if issue else None
        case "creator":
            return issue.creator if issue else None
        case _:
            return None


def _is_held(names: frozenset[str], holder: str) -> bool:
    return holder in ("anyone", "signedIn") or holder.removeprefix("user:") in names
