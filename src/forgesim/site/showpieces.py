"""What a site that was not generated shows first: the values of ``$space``, ``$page``, ``$issue`` and such, and what
bob does not see."""

from __future__ import annotations

from forgesim.site.access import APP_ACCOUNT, may_view_page, may_view_space
from forgesim.site.generate import site_variables
from forgesim.site.model import Page, Site

__all__ = ["hide_from", "variables_of"]

_RESTRICTED_FROM = 3
"""Spaces of fewer pages restrict none: bob would see next to nothing."""


def variables_of(site: Site) -> dict[str, str]:
    """The ``$name`` values: of the first space, page, project and so on that everybody sees, where there is one."""
    return {**_confluence(site), **_jira(site)}


def _confluence(site: Site) -> dict[str, str]:
    pages = [
        page for page in site.pages.values() if page.status == "current" and getattr(page, "kind", "page") == "page"
    ]
    homes = {space.homepage_id for space in site.spaces.values()}
    for wanted in (
        [page for page in pages if page.id not in homes and may_view_page(site, APP_ACCOUNT, page)],
        [page for page in pages if may_view_page(site, APP_ACCOUNT, page)],
        pages,
    ):
        if wanted:
            page = next((each for each in wanted if each.body.strip()), wanted[0])
            return site_variables(site, site.spaces[page.space_id].key, page)
    for space in site.spaces.values():
        if may_view_space(site, APP_ACCOUNT, space):
            return {"space": space.key, "space.key": space.key, "space.id": space.id}
    return {}


def _jira(site: Site) -> dict[str, str]:
    found: dict[str, str] = {}
    project = next((each for each in site.projects.values() if each.viewers is None), None)
    if project is None:
        return found
    found |= {"project": project.key, "project.key": project.key, "project.id": project.id}
    board = next((each for each in site.boards.values() if each.project_id == project.id), None)
    issues = [issue for issue in site.issues.values() if issue.project_id == project.id]
    if board is not None:
        found |= {"board": str(board.id), "board.id": str(board.id)}
        sprints = [each for each in site.sprints.values() if each.board_id == board.id]
        closed = [each for each in sprints if each.state == "closed"]
        found |= {f"sprint.{each.state}": str(each.id) for each in reversed(sprints) if each.state != "closed"}
        sprint = max(closed, key=lambda each: (each.complete_at or 0, each.id)) if closed else next(iter(sprints), None)
        if sprint is not None:
            found |= {"sprint": str(sprint.id), "sprint.id": str(sprint.id)}
            issues = [issue for issue in issues if sprint.id in issue.sprints] or issues
    if issues:
        found |= {"issue": issues[0].key, "issue.key": issues[0].key, "issue.id": issues[0].id}
    return found


def hide_from(site: Site, account: str, keeper: str) -> None:
    """See to it that ``account`` sees less: where it sees every page, the smallest branch of the largest space is for
    ``keeper`` alone; where it sees every project, the smallest of several is. Notes tell what was done."""
    pages = list(site.pages.values())
    if pages and all(may_view_page(site, account, page) for page in pages):
        _hide_page(site, pages, keeper)
    projects = list(site.projects.values())
    if len(projects) > 1 and all(project.viewers is None for project in projects):
        sizes = {project.id: 0 for project in projects}
        for issue in site.issues.values():
            sizes[issue.project_id] += 1
        hidden = min(projects, key=lambda each: (sizes[each.id], each.key))
        hidden.viewers = [keeper]
        site.notes.append(f"project {hidden.key} is hidden from bob, so that somebody sees less")
    elif projects and all(project.viewers is None for project in projects):
        site.notes.append("one project alone: bob sees all of it")


def _hide_page(site: Site, pages: list[Page], keeper: str) -> None:
    if len(pages) < _RESTRICTED_FROM:
        site.notes.append("too few pages to hide one from bob, so he sees all of them")
        return
    sizes: dict[str, int] = {}
    for page in pages:
        above = page.parent_id
        while above is not None and above in site.pages:
            sizes[above] = sizes.get(above, 0) + 1
            above = site.pages[above].parent_id
    homes = {space.homepage_id for space in site.spaces.values()}
    tops = [page.id for page in pages if sizes.get(page.id) and page.id not in homes and page.parent_id is not None]
    leaves = [page.id for page in pages if page.id not in homes and page.id not in sizes]
    hidden = min(tops, key=lambda each: (sizes[each], each)) if tops else (leaves or [pages[-1].id])[-1]
    site.pages[hidden].viewers = [keeper]
    site.notes.append(f"page {hidden} and what lies under it is hidden from bob, so that somebody sees less")
