"""Who may see what in Jira, from ``jira_parts`` and Atlassian's documents alone: schemes, security levels, visibility.

A project without a scheme is its viewers'; one with a scheme is for the holders of *Browse projects* and for nobody
else. An issue with a security level is for the level's members alone, a comment or worklog with a visibility for that
group's or role's. What depends on an issue (its reporter) is held of that issue alone.
"""

from __future__ import annotations

from collections.abc import Iterable

from forgesim.site.jira_model import Issue, Project
from forgesim.site.jira_parts import Visibility
from forgesim.site.model import Site

__all__ = ["jira_visible"]

Names = frozenset[str]


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
    return _any_held(names, grants.get("BROWSE_PROJECTS", ()), project, issue)


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
