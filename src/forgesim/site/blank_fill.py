"""Giving a field that may be empty a value, which it has had all along."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from forgesim.clock import iso_utc
from forgesim.site.blank import IssueBlank, PageBlank
from forgesim.site.drawn_edit import new_id
from forgesim.site.jira_history import forget_field
from forgesim.site.jira_model import (
    ISSUE_TYPES,
    PRIORITIES,
    RESOLUTIONS,
    SPRINT_FIELD,
    STORY_POINTS_FIELD,
    Issue,
    IssueComment,
)
from forgesim.site.model import Comment, Label, Page, Site
from forgesim.site.storage import escape

__all__ = ["fill_issue", "fill_page"]

LABEL = "label-1"
_HISTORY: Mapping[str, str] = {"estimate": STORY_POINTS_FIELD, "sprint": SPRINT_FIELD}


def fill_issue(  # noqa: C901 - one case a field
    site: Site, issue: Issue, field: IssueBlank, value: object = None
) -> None:
    """Give the issue's field this value where it may have that; else, where it is empty, one that the site has.

    A value is a name of a priority or resolution, a number of points, or a date (``2026-02-01``). Where the site has
    nothing that fits, such as an epic, nothing changes.
    """
    before = _state(issue)
    match field:
        case "priority":
            issue.priority_id = _id_of(value, PRIORITIES) or issue.priority_id or "3"
        case "resolution":
            issue.resolution_id = _id_of(value, RESOLUTIONS) or issue.resolution_id or "10000"
            issue.resolved_at = issue.resolved_at or issue.updated_at
        case "estimate":
            if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1_000_000:
                issue.points = float(value)
            issue.points = 3.0 if issue.points is None else issue.points
        case "duedate":
            issue.due = _date(value) or issue.due or iso_utc(site.clock_ms - 86_400_000)[:10]
        case "assignee" | "reporter":
            setattr(issue, field, getattr(issue, field) or issue.creator)
        case "description":
            issue.description = issue.description or issue.summary
        case "sprint":
            issue.sprints = issue.sprints or _sprint(site, issue)
        case "parent":
            issue.parent_id = issue.parent_id or _epic(site, issue)
        case "labels":
            issue.labels = issue.labels or (LABEL,)
        case "comments":
            author, at = issue.creator, issue.updated_at
            own = IssueComment(id=new_id(site), author=author, created_at=at, body=issue.summary)
            issue.comments = issue.comments or [own]
    if _state(issue) != before:
        forget_field(issue, _HISTORY.get(field, field))


def fill_page(site: Site, page: Page, field: PageBlank) -> None:
    """Give the page's field a value where it has none, from the page itself or its space."""
    match field:
        case "owner":
            page.owner = page.owner or page.author
        case "body":
            page.body = page.body or f"<p>{escape(page.title)}</p>"
        case "message":
            page.versions = [replace(each, message=each.message or page.title) for each in page.versions]
        case "parent":
            home = site.spaces[page.space_id].homepage_id
            page.parent_id = page.parent_id or (home if home != page.id else None)
        case "labels":
            page.labels = page.labels or [Label(id=new_id(site), name=LABEL)]
        case "comments":
            body = f"<p>{escape(page.title)}</p>"
            own = Comment(id=new_id(site), author=page.author, created_at=page.updated_at, body=body)
            page.comments = page.comments or [own]


def _state(issue: Issue) -> tuple[object, ...]:
    return (issue.priority_id, issue.resolution_id, issue.points, issue.due, issue.assignee, issue.reporter,
            issue.description, issue.sprints, issue.parent_id, issue.labels)  # fmt: skip


def _id_of(value: object, table: Mapping[str, str]) -> str | None:
    wanted = str(value).casefold()
    return next((id_ for id_, name in table.items() if wanted in (id_, name.casefold())), None)


def _date(value: object) -> str | None:
    try:
        return date.fromisoformat(str(value)).isoformat()
    except ValueError:
        return None


def _sprint(site: Site, issue: Issue) -> tuple[int, ...]:
    boards = {board.id for board in site.boards.values() if board.project_id == issue.project_id}
    found = [sprint for sprint in site.sprints.values() if sprint.board_id in boards]
    found.sort(key=lambda sprint: (sprint.state != "active", sprint.id))
    return tuple(sprint.id for sprint in found[:1])


def _epic(site: Site, issue: Issue) -> str | None:
    if ISSUE_TYPES[issue.type_id].level != 0:
        return None
    epics = (each for each in site.issues.values() if ISSUE_TYPES[each.type_id].level == 1)
    return next((each.id for each in epics if each.project_id == issue.project_id), None)
