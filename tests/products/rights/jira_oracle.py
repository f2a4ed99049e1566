"""Who may see what in Jira, from ``jira_parts`` and Atlassian's documents alone: schemes, security levels, visibility.

A project without a scheme is its viewers'; one with a scheme is for the holders of *Browse projects* and for nobody
else. But whom only an issue names (its reporter, assignee, creator) may be anybody who logs in, so that all of them
see that there is such a project, its issues aside (Atlassian's knowledge base, 586056400). An issue with a security
level is for the level's members alone, a comment or worklog with a visibility for that group's or role's.
"""

from __future__ import annotations

from collections.abc import Iterable

from forgesim.site.jira_model import Issue, Project
from forgesim.site.jira_parts import Visibility
from forgesim.site.model import Site

__all__ = ["ADMINISTER", "EDIT", "VIEW", "administers", "holds", "jira_visible"]

VIEW = ("BROWSE_PROJECTS", "VIEW_VOTERS_AND_WATCHERS", "ASSIGNABLE_USER")
"""Of a project that has no scheme: for who sees it."""
EDIT = (
    "CREATE_ISSUES", "EDIT_ISSUES", "DELETE_ISSUES", "TRANSITION_ISSUES", "ADD_COMMENTS", "ASSIGN_ISSUES",
    "SCHEDULE_ISSUES", "MANAGE_SPRINTS_PERMISSION", "CREATE_ATTACHMENTS", "DELETE_OWN_ATTACHMENTS",
    "DELETE_OWN_COMMENTS", "DELETE_OWN_WORKLOGS", "EDIT_OWN_COMMENTS", "EDIT_OWN_WORKLOGS", "LINK_ISSUES",
    "MANAGE_WATCHERS", "WORK_ON_ISSUES", "SET_ISSUE_SECURITY",
)  # fmt: skip
"""For its editors."""
ADMINISTER = (
    "ADMINISTER_PROJECTS", "DELETE_ALL_ATTACHMENTS", "DELETE_ALL_COMMENTS", "DELETE_ALL_WORKLOGS", "EDIT_ALL_COMMENTS",
    "EDIT_ALL_WORKLOGS",
)  # fmt: skip
"""For admins of the site."""

Names = frozenset[str]


def holds(site: Site, viewer: str | None, names: Names, permission: str, place: Project | Issue) -> bool:
    """Whether the viewer has the permission in the project or for the issue, which they must see."""
    issue = place if isinstance(place, Issue) else None
    project = site.projects[place.project_id] if isinstance(place, Issue) else place
    if f"{'project' if issue is None else 'issue'}/{place.id}" not in jira_visible(site, viewer, names):
        return False
    if permission == "BROWSE_PROJECTS":
        return True
    if project.scheme_id is not None:
        grants = site.jira.permission_schemes[project.scheme_id].grants
        return _any_held(names, grants.get(permission, ()), project, issue)
    user = site.users.get(viewer or "")
    if permission in ADMINISTER:
        return user is not None and user.admin
    return permission in VIEW or project.editors is None or not names.isdisjoint(project.editors)


def administers(site: Site, viewer: str | None, names: Names, project: Project) -> bool:
    """*Administer projects* there, or *Administer Jira*, of a project that they see."""
    user = site.users.get(viewer or "")
    seen = f"project/{project.id}" in jira_visible(site, viewer, names)
    return seen and (bool(user and user.admin) or holds(site, viewer, names, "ADMINISTER_PROJECTS", project))


def jira_visible(site: Site, viewer: str | None, names: Names) -> set[str]:
    """``names``: what lists call the viewer, their account and ``group:NAME``; empty for whoever may not use the site,
    who sees what is open to anyone when they are not logged in."""
    if not names and viewer is not None:
        return set()
    projects = {each.id for each in site.projects.values() if _browses(site, names, each, None)}
    boards = {each.id for each in site.boards.values() if each.project_id in projects}
    refs = {f"project/{each}" for each in projects} | {f"board/{each}" for each in boards}
    refs |= {
        f"filter/{each.id}" for each in site.jira.filters.values()
        if names and (each.owner == viewer or any(_is_held(names, holder) for holder in each.viewers))
    }  # fmt: skip
    held: set[int] = set()
    for issue in site.issues.values():
        project = site.projects[issue.project_id]
        if _browses(site, names, project, issue) and _is_of_level(site, names, project, issue):
            held.update(issue.sprints)
            refs |= {f"issue/{issue.id}", *(f"attachment/{each.id}" for each in issue.attachments)}
            refs |= {f"comment/{each.id}" for each in issue.comments if _told(site, names, project, each.visibility)}
            refs |= {f"worklog/{each.id}" for each in issue.worklogs if _told(site, names, project, each.visibility)}
    refs |= {f"sprint/{each.id}" for each in site.sprints.values() if each.board_id in boards or each.id in held}
    return refs


def _browses(site: Site, names: Names, project: Project, issue: Issue | None) -> bool:
    if project.scheme_id is None:
        return bool(names) and (project.viewers is None or not names.isdisjoint(project.viewers))
    grants = site.jira.permission_schemes[project.scheme_id].grants
    holders = grants.get("BROWSE_PROJECTS", ())
    if issue is None and names and not {"reporter", "assignee", "creator"}.isdisjoint(holders):
        return True
    return _any_held(names, holders, project, issue)


def _is_of_level(site: Site, names: Names, project: Project, issue: Issue) -> bool:
    if issue.security_id is None:
        return True
    levels = [
        level for scheme in site.jira.security_schemes.values() if scheme.id == project.security_id
        for level in scheme.levels if level.id == issue.security_id
    ]  # fmt: skip
    return any(_any_held(names, level.members, project, issue) for level in levels)


def _told(site: Site, names: Names, project: Project, visibility: Visibility | None) -> bool:
    if visibility is None:
        return True
    if visibility.kind == "group":
        return f"group:{visibility.value}" in names
    roles = [members for id_, members in project.roles.items() if site.jira.roles.get(id_) == visibility.value]
    return any(not names.isdisjoint(members) for members in roles)


def _any_held(names: Names, holders: Iterable[str], project: Project, issue: Issue | None) -> bool:
    people = {"lead": project.lead}
    if issue is not None:
        people |= {"reporter": issue.reporter, "assignee": issue.assignee, "creator": issue.creator}
    for holder in holders:
        if holder == "anyone" or (names and _is_held(names, holder)) or people.get(holder) in names:
            return True
        if holder.startswith("role:") and not names.isdisjoint(project.roles.get(holder.removeprefix("role:"), ())):
            return True
    return False


def _is_held(names: Names, holder: str) -> bool:
    return holder in ("anyone", "signedIn") or holder.removeprefix("user:") in names
