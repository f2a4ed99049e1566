"""The hand that draws edits: which kind, on what, with which words."""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence
from random import Random
from typing import Final, Literal

from forgesim.site.blank import ISSUE_BLANKS, PAGE_BLANKS
from forgesim.site.drawn_drops import DropIssue, DropPage, DropProject, DropSpace
from forgesim.site.drawn_edit import Edit, named
from forgesim.site.drawn_jira import (
    AssignIssue,
    CommentIssue,
    EmptyIssue,
    EmptySprint,
    EstimateIssue,
    LabelIssue,
    LengthenIssue,
    WriteIssue,
)
from forgesim.site.drawn_lives import LikePage, LinkElsewhere, LogWork, PostBeside, TaskPage
from forgesim.site.drawn_pages import (
    AddComments,
    AgePage,
    ArchivePage,
    DropComments,
    EmptyPage,
    LabelPage,
    OwnPage,
    RepeatBody,
    RestrictPage,
    WritePage,
)
from forgesim.site.model import Site

__all__ = ["Hand"]

_PAGE_PARTS: Final[tuple[Literal["body", "title", "comment"], ...]] = ("body", "title", "comment")
_ISSUE_PARTS: Final[tuple[Literal["summary", "description", "comment"], ...]] = ("summary", "description", "comment")
_COUNTS = (1, 2, 3, 4, 5, 8, 13, 30, 60)
_TIMES = (0, 2, 5, 20, 100)
_DAYS = (0, 7, 45, 100, 200, 400, 800, 4_000)
_POINTS = (None, 0.0, 0.5, 1.0, 3.0, 8.0, 13.0, 40.0, 1_000.0)
_MOST_LABELS = 4
_MOST_FAMILIAR = 30
"""Labels of the site itself among the words to plant."""


class Hand:
    """Draws one edit after the other for one site; where nothing can be drawn, none."""

    def __init__(self, rng: Random, site: Site, words: Sequence[str]) -> None:
        self._rng = rng
        self._words = list(words)
        self._familiar = _labels(site)
        self._handles = [user.handle for user in site.users.values() if user.active]
        stay = named(site)
        self._pages = _Targets(list(site.pages), _ids(stay, "page", site.pages), _beside(site, stay))
        self._issues = _Targets(list(site.issues), _ids(stay, "issue", site.issues), _in_sprints(site, stay))
        self._sprints = list(site.sprints)
        self._spaces = [space for space in site.spaces if f"space/{space}" not in stay]
        self._projects = [project for project in site.projects if f"project/{project}" not in stay]
        self._kinds: list[Callable[[], Edit]] = []
        if site.pages:
            self._kinds += [self._label_page, self._write_page, self._comments, self._page] * 2
            self._kinds += [self._drop_page, self._repeat_body, self._beside_page]
        if self._spaces:
            self._kinds += [lambda: DropSpace(rng.choice(self._spaces))]
        if site.issues:
            self._kinds += [self._label_issue, self._write_issue, self._issue] * 2
            self._kinds += [lambda: DropIssue(self._issues.pick(rng)), self._beside_issue]
        if self._sprints:
            self._kinds += [lambda: EmptySprint(rng.choice(self._sprints))]
        if self._projects:
            self._kinds += [lambda: DropProject(rng.choice(self._projects))]

    def edit(self) -> Edit | None:
        return self._rng.choice(self._kinds)() if self._kinds else None

    def _label_page(self) -> Edit:
        return LabelPage(self._pages.pick(self._rng), self._some_words())

    def _write_page(self) -> Edit:
        where = self._rng.choice(_PAGE_PARTS)
        return WritePage(self._pages.pick(self._rng), where, self._some_words() or ("word",))

    def _comments(self) -> Edit:
        page = self._pages.pick(self._rng)
        return DropComments(page) if self._rng.random() < 0.2 else AddComments(page, self._rng.choice(_COUNTS))

    def _drop_page(self) -> Edit:
        return DropPage(self._pages.pick(self._rng))

    def _repeat_body(self) -> Edit:
        return RepeatBody(self._pages.pick(self._rng), self._rng.choice(_TIMES))

    def _page(self) -> Edit:
        rng, page = self._rng, self._pages.pick(self._rng)
        match rng.choice(("age", "own", "archive", "restrict", "empty")):
            case "age":
                return AgePage(page, rng.choice(_DAYS))
            case "own":
                return OwnPage(page, rng.choice((*self._handles, "")))
            case "archive":
                return ArchivePage(page)
            case "empty":
                return EmptyPage(page, rng.choice(PAGE_BLANKS))
            case _:
                return RestrictPage(page, tuple(rng.sample(self._handles, min(len(self._handles), rng.randint(0, 3)))))

    def _beside_page(self) -> Edit:
        rng, page = self._rng, self._pages.pick(self._rng)
        match rng.choice(("like", "task", "post")):
            case "like":
                return LikePage(page, rng.choice((0, *_COUNTS)))
            case "task":
                return TaskPage(page, self._some_words(), rng.random() < 0.5)
            case _:
                return PostBeside(page, self._some_words())

    def _beside_issue(self) -> Edit:
        rng, issue = self._rng, self._issues.pick(self._rng)
        if rng.random() < 0.5:
            return LogWork(issue, rng.choice(_COUNTS), self._some_words())
        return LinkElsewhere(issue, self._some_words())

    def _label_issue(self) -> Edit:
        return LabelIssue(self._issues.pick(self._rng), self._some_words())

    def _write_issue(self) -> Edit:
        where = self._rng.choice(_ISSUE_PARTS)
        return WriteIssue(self._issues.pick(self._rng), where, self._some_words() or ("word",))

    def _issue(self) -> Edit:
        rng, issue = self._rng, self._issues.pick(self._rng)
        match rng.choice(("estimate", "assign", "comment", "lengthen", "empty")):
            case "estimate":
                return EstimateIssue(issue, rng.choice(_POINTS))
            case "assign":
                return AssignIssue(issue, rng.choice((*self._handles, "")))
            case "comment":
                return CommentIssue(issue, rng.choice(_COUNTS))
            case "empty":
                return EmptyIssue(issue, rng.choice(ISSUE_BLANKS))
            case _:
                return LengthenIssue(issue, rng.choice(_TIMES[1:]))

    def _some_words(self) -> tuple[str, ...]:
        """Now and then every word at once: what waits for one of many is met soon, and is cut out afterwards."""
        rng = self._rng
        roll = rng.random()
        if self._words and roll < 0.4:
            return tuple(self._words)
        if self._words and roll < 0.75:
            return tuple(rng.choice(self._words) for _ in range(rng.randint(1, _MOST_LABELS)))
        if self._familiar:
            return tuple(rng.choice(self._familiar) for _ in range(rng.randint(0, _MOST_LABELS)))
        return ()


class _Targets:
    """Ids to edit: those that variables name, those beside them, all; and, often, the one that was drawn before."""

    def __init__(self, every: list[str], first: list[str], beside: list[str]) -> None:
        self._every = every
        self._first = first or beside or every
        self._beside = beside or every
        self._last: str | None = None

    def pick(self, rng: Random) -> str:
        roll = rng.random()
        if self._last is None or roll > 0.5:
            among = self._first if roll < 0.75 else self._beside if roll < 0.95 else self._every
            self._last = rng.choice(among)
        return self._last


def _ids(stay: frozenset[str], kind: str, among: Container[str]) -> list[str]:
    found = sorted(ref.partition("/")[2] for ref in stay if ref.startswith(f"{kind}/"))
    return [each for each in found if each in among]


def _beside(site: Site, stay: frozenset[str]) -> list[str]:
    return [page.id for page in site.pages.values() if f"space/{page.space_id}" in stay]


def _in_sprints(site: Site, stay: frozenset[str]) -> list[str]:
    sprints = {sprint.id for sprint in site.sprints.values() if f"sprint/{sprint.id}" in stay}
    return [issue.id for issue in site.issues.values() if not sprints.isdisjoint(issue.sprints)]


def _labels(site: Site) -> list[str]:
    names = {label.name: None for page in site.pages.values() for label in page.labels}
    names |= {label: None for issue in site.issues.values() for label in issue.labels}
    return list(names)[:_MOST_FAMILIAR]
