"""What somebody may not see of a site: other words for it, a site without it, and taking a right away."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, MutableMapping
from copy import deepcopy
from typing import Any

from forgesim.site.access import readable_refs
from forgesim.site.facts import clone
from forgesim.site.model import Page, Site

__all__ = ["hidden_from", "remove", "reworded", "withdraw"]


_LINK = re.compile(r'ri:content-title="([^"]*)"')


def hidden_from(site: Site, account: str) -> frozenset[str]:
    """Refs of what somebody of the site may see and ``account`` may not."""
    seen = frozenset[str]().union(*(readable_refs(site, each) for each in site.users))
    return seen - readable_refs(site, account)


def reworded(site: Site, other: Site, refs: frozenset[str]) -> Site:
    """The site with the words that its twin ``other`` has in these spaces, pages, projects, boards, sprints and issues
    (with what lies in a page or an issue), and with its own in everything else."""
    result = clone(site)
    for (kind, theirs), (_, ours) in zip(_kinds(other), _kinds(result), strict=True):
        ours.update((key, deepcopy(thing)) for key, thing in theirs.items() if f"{kind}/{key}" in refs)
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

    for page in result.pages.values():
        if f"page/{page.id}" in refs:
            page.body = _LINK.sub(restored, page.body)
            for comment in page.comments:
                comment.body = _LINK.sub(restored, comment.body)


def _linked(page: Page) -> Iterator[str]:
    """Titles that a page and its comments link to."""
    for text in (page.body, *(comment.body for comment in page.comments)):
        yield from map(html.unescape, _LINK.findall(text))


def remove(site: Site, refs: frozenset[str]) -> None:
    """Take those things away as though they had never been. A page above one that stays, stays too."""
    needed = {page.parent_id for page in site.pages.values() if f"page/{page.id}" not in refs}
    for kind, things in _kinds(site):
        gone = [key for key in things if f"{kind}/{key}" in refs and not (kind == "page" and key in needed)]
        for key in gone:
            del things[key]


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
