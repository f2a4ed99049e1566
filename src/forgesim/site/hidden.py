"""What somebody may not see of a site: other words for it, a site without it, taking a right away and giving one."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, MutableMapping
from copy import deepcopy
from dataclasses import replace
from typing import Any

from forgesim.site.access import readable_refs
from forgesim.site.facts import clone
from forgesim.site.model import Page, Site, Version

__all__ = ["admit", "hidden_from", "remove", "reworded", "withdraw"]


_READ, _BROWSE = "read:space", "BROWSE_PROJECTS"
_LINK = re.compile(r'ri:content-title="([^"]*)"')


def hidden_from(site: Site, account: str) -> frozenset[str]:
    """Refs of what somebody of the site may see and ``account`` may not."""
    seen = frozenset[str]().union(*(readable_refs(site, each) for each in site.users))
    return seen - readable_refs(site, account)


def reworded(site: Site, other: Site, refs: frozenset[str]) -> Site:
    """The site with the words that its twin ``other`` has in these spaces, pages, projects, boards, sprints and issues
    (with what lies in a page or an issue), in comments and worklogs that few may see, and with its own in everything
    else."""
    result = clone(site)
    for (kind, theirs), (_, ours) in zip(_kinds(other), _kinds(result), strict=True):
        ours.update((key, deepcopy(thing)) for key, thing in theirs.items() if f"{kind}/{key}" in refs)
    _swap_said(result, other, refs)
    _relink(site, other, result, refs)
    return result


def _relink(site: Site, other: Site, result: Site, refs: frozenset[str]) -> None:
    """Links by title lead where they led: what is hidden still names what is not by its old title, and keeps its own
    where something that is not hidden names it, for all to read."""
    shown = {title for page in site.pages.values() if f"page/{page.id}" not in refs for title in _linked(page)}
    old: dict[str, str] = {}
    for page in site.pages.values():
        if f"page/{page.id}" not in refs or page.title in shown:
            old[other.pages[page.id].title] = page.title
            result.pages[page.id].title = page.title

    def restored(match: re.Match[str]) -> str:
        title = html.unescape(match[1])
        return f'ri:content-title="{html.escape(old[title])}"' if title in old else match[0]

    def led(version: Version) -> Version:
        return version if version.body is None else replace(version, body=_LINK.sub(restored, version.body))

    for page in result.pages.values():
        if f"page/{page.id}" in refs:
            page.body = _LINK.sub(restored, page.body)
            page.versions = list(map(led, page.versions))
            for comment in page.comments:
                comment.body = _LINK.sub(restored, comment.body)
                comment.versions = tuple(map(led, comment.versions))


def _linked(page: Page) -> Iterator[str]:
    """Titles that a page and its comments link to, in older versions too."""
    held = (*page.versions, *(version for comment in page.comments for version in comment.versions))
    for text in (page.body, *(comment.body for comment in page.comments), *(version.body or "" for version in held)):
        yield from map(html.unescape, _LINK.findall(text))


def _swap_said(site: Site, other: Site, refs: frozenset[str]) -> None:
    """Comments and worklogs that are hidden on an issue that is not take the words that they have on ``other``."""
    for issue in site.issues.values():
        if f"issue/{issue.id}" in refs:
            continue
        theirs = other.issues[issue.id]
        if any(comment.visibility for comment in issue.comments):
            pairs = zip(issue.comments, theirs.comments, strict=True)
            issue.comments = [deepcopy(b) if f"comment/{a.id}" in refs else a for a, b in pairs]
        if any(worklog.visibility for worklog in issue.worklogs):
            logs = zip(issue.worklogs, theirs.worklogs, strict=True)
            issue.worklogs = tuple(b if f"worklog/{a.id}" in refs else a for a, b in logs)


def remove(site: Site, refs: frozenset[str]) -> None:
    """Take those things away as though they had never been, comments that few may see with them, and links
    that led there. All pages above one that stays, stay too, and what is for few below them stays for few; work logged
    for few loses its words alone, for all may see how much was worked."""
    needed = _above(site, (page for page in site.pages.values() if f"page/{page.id}" not in refs))
    for kind, things in _kinds(site):
        gone = [key for key in things if f"{kind}/{key}" in refs and not (kind == "page" and key in needed)]
        for key in gone:
            del things[key]
    for issue in site.issues.values():
        if issue.links:
            issue.links = tuple(link for link in issue.links if link.target in site.issues)
        if any(comment.visibility for comment in issue.comments):
            issue.comments = [each for each in issue.comments if f"comment/{each.id}" not in refs]
        if any(worklog.visibility for worklog in issue.worklogs):
            issue.worklogs = tuple(
                replace(each, comment=None, properties={}) if f"worklog/{each.id}" in refs else each
                for each in issue.worklogs
            )


def _above(site: Site, pages: Iterable[Page]) -> set[str]:
    """Ids of all pages that these lie below."""
    found = set[str]()
    for page in pages:
        above = page.parent_id
        while above is not None and above not in found:
            found.add(above)
            parent = site.pages.get(above)
            above = None if parent is None else parent.parent_id
    return found


def withdraw(site: Site, refs: Iterable[str], keeper: str) -> None:
    """From now on ``keeper`` alone may view these pages, and the projects that these boards, sprints and issues are
    of."""
    for ref in refs:
        kind, _, name = ref.partition("/")
        if kind == "page" and name in site.pages:
            site.pages[name].viewers = [keeper]
        elif (project := _project_of(site, kind, name)) is not None:
            site.projects[project].viewers = [keeper]
            site.projects[project].scheme_id = None


def admit(site: Site, account: str) -> None:
    """From now on ``account`` too may view every space and project, and every page that is for few."""
    for space in site.spaces.values():
        space.viewers = _with(space.viewers, account)
        if (listed := space.permissions.get(_READ)) is not None:
            space.permissions = {**space.permissions, _READ: [*listed, account]}
    for page in site.pages.values():
        page.viewers = _with(page.viewers, account)
    for project in site.projects.values():
        project.viewers = _with(project.viewers, account)
    schemes = site.jira.permission_schemes
    for key, scheme in schemes.items():
        holders = (*scheme.grants.get(_BROWSE, ()), f"user:{account}")
        schemes[key] = replace(scheme, grants={**scheme.grants, _BROWSE: holders})


def _with(listed: list[str] | None, account: str) -> list[str] | None:
    return None if listed is None else [*listed, account]


def _kinds(site: Site) -> Iterator[tuple[str, MutableMapping[Any, Any]]]:
    yield "page", site.pages
    yield "space", site.spaces
    yield "issue", site.issues
    yield "sprint", site.sprints
    yield "board", site.boards
    yield "project", site.projects


def _project_of(site: Site, kind: str, name: str) -> str | None:
    match kind:
        case "project":
            return next((each.id for each in site.projects.values() if name in (each.id, each.key)), None)
        case "issue":
            return next((each.project_id for each in site.issues.values() if name in (each.id, each.key)), None)
        case "board" | "sprint":
            sprint = site.sprints.get(name) if kind == "sprint" else None
            board = site.boards.get(str(sprint.board_id) if sprint else name)
            return board.project_id if board else None
        case _:
            return None
