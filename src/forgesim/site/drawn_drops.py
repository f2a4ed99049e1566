"""Edits that take away: a page, a space, an issue, a project, or everything that nothing names.

What is left holds together: children of a page that goes move up, what lay in an issue that goes lies in none.
"""

from __future__ import annotations

from forgesim.ids import derive
from forgesim.site.drawn_edit import Edit, held
from forgesim.site.drawn_jira import forget_sprints
from forgesim.site.jira_history import forget_field
from forgesim.site.model import Site

__all__ = ["DropIssue", "DropPage", "DropProject", "DropSpace", "Only", "Thin"]


class DropPage(Edit, frozen=True, tag="drop page"):
    """The page goes, with its comments and attachments; the pages under it move up."""

    page: str

    def apply(self, site: Site, stay: frozenset[str]) -> None:
        if f"page/{self.page}" not in stay:
            _drop_page(site, self.page)

    def told(self) -> str:
        return f"page {self.page} is gone"


class DropSpace(Edit, frozen=True, tag="drop space"):
    """The space goes with all its pages."""

    space: str

    def apply(self, site: Site, stay: frozenset[str]) -> None:
        if f"space/{self.space}" not in stay:
            _drop_space(site, self.space)

    def told(self) -> str:
        return f"space {self.space} is gone"


class DropIssue(Edit, frozen=True, tag="drop issue"):
    """The issue goes, with its comments."""

    issue: str

    def apply(self, site: Site, stay: frozenset[str]) -> None:
        if f"issue/{self.issue}" not in stay:
            _drop_issues(site, {self.issue})

    def told(self) -> str:
        return f"issue {self.issue} is gone"


class DropProject(Edit, frozen=True, tag="drop project"):
    """The project goes with its boards, sprints and issues."""

    project: str

    def apply(self, site: Site, stay: frozenset[str]) -> None:
        if f"project/{self.project}" not in stay:
            _drop_projects(site, {self.project})

    def told(self) -> str:
        return f"project {self.project} is gone"


class Only(Edit, frozen=True, tag="only"):
    """Spaces, pages, projects, boards, sprints and issues go, but for what variables name, ``keep`` (refs), and what
    those lie in. People stay."""

    keep: tuple[str, ...] = ()

    def apply(self, site: Site, stay: frozenset[str]) -> None:
        kept = stay | held(site, self.keep)
        for page in [page for page in site.pages if f"page/{page}" not in kept]:
            _drop_page(site, page)
        for space in [space for space in site.spaces if f"space/{space}" not in kept]:
            _drop_space(site, space)
        _drop_issues(site, {issue for issue in site.issues if f"issue/{issue}" not in kept})
        _drop_sprints(site, {sprint for sprint in site.sprints if f"sprint/{sprint}" not in kept})
        _drop_boards(site, {board for board in site.boards if f"board/{board}" not in kept})
        _drop_projects(site, {project for project in site.projects if f"project/{project}" not in kept})

    def told(self) -> str:
        return f"nothing else is there but {', '.join(self.keep) or 'what the scenarios name'}"


class Thin(Edit, frozen=True, tag="thin"):
    """Of pages and issues about so many percent stay, which ones the seed says, and what variables name."""

    percent: int
    seed: int

    def apply(self, site: Site, stay: frozenset[str]) -> None:
        for page in [page for page in site.pages if self._goes(f"page/{page}", stay)]:
            _drop_page(site, page)
        _drop_issues(site, {issue for issue in site.issues if self._goes(f"issue/{issue}", stay)})

    def _goes(self, ref: str, stay: frozenset[str]) -> bool:
        return ref not in stay and derive("thin", self.seed, ref) % 100 >= self.percent

    def told(self) -> str:
        return f"about {self.percent} % of the pages and issues are there"


def _drop_page(site: Site, id_: str) -> None:
    page = site.pages.pop(id_, None)
    if page is None:
        return
    for other in site.pages.values():
        if other.parent_id == id_:
            other.parent_id = page.parent_id
    space = site.spaces[page.space_id]
    if space.homepage_id == id_:
        space.homepage_id = None


def _drop_space(site: Site, id_: str) -> None:
    if site.spaces.pop(id_, None) is not None:
        site.pages = {key: page for key, page in site.pages.items() if page.space_id != id_}


def _drop_issues(site: Site, ids: set[str]) -> None:
    site.issues = {key: issue for key, issue in site.issues.items() if key not in ids}
    for issue in site.issues.values():
        if issue.parent_id in ids:
            issue.parent_id = None
            forget_field(issue, "parent")
        if issue.links:
            issue.links = tuple(link for link in issue.links if link.target not in ids)


def _drop_sprints(site: Site, ids: set[str]) -> None:
    if gone := {site.sprints[id_].id for id_ in ids}:
        site.sprints = {key: sprint for key, sprint in site.sprints.items() if key not in ids}
        forget_sprints(site, gone)


def _drop_boards(site: Site, ids: set[str]) -> None:
    _drop_sprints(site, {key for key, sprint in site.sprints.items() if str(sprint.board_id) in ids})
    site.boards = {key: board for key, board in site.boards.items() if key not in ids}


def _drop_projects(site: Site, ids: set[str]) -> None:
    _drop_issues(site, {key for key, issue in site.issues.items() if issue.project_id in ids})
    _drop_boards(site, {key for key, board in site.boards.items() if board.project_id in ids})
    site.projects = {key: project for key, project in site.projects.items() if key not in ids}
