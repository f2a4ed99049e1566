"""An issue while its life is being made up: what it was at creation and all that happened to it, in any order."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter

from forgesim.site.jira_history import sprint_ids
from forgesim.site.jira_model import SPRINT_FIELD, STATUSES, STORY_POINTS_FIELD, Change, Issue, IssueComment, Item

__all__ = ["Draft", "Event", "finished"]

Event = tuple[int, str, str, str | None]
"""When, by whom, which field, its new value in the form of history items."""


@dataclass(slots=True, kw_only=True, eq=False)
class Draft:
    """``sprints`` and ``points`` follow the plan; ``started_at`` and ``done_at`` are when work on it begins and ends,
    also where that lies in the future of the site's clock."""

    type_id: str
    summary: str
    description: str | None
    creator: str
    created_at: int
    priority_id: str = "3"
    sprints_at_creation: tuple[int, ...] = ()
    epic: Draft | None = None
    sprints: tuple[int, ...] = ()
    points: float | None = None
    from_ms: int = 0
    until_ms: int | None = None
    started_at: int | None = None
    done_at: int | None = None
    events: list[Event] = field(default_factory=list)
    comments: list[tuple[int, str, str]] = field(default_factory=list)
    issue: Issue | None = None

    def happens(self, at: int, who: str, field_id: str, value: str | None) -> None:
        self.events.append((at, who, field_id, value))


def finished(draft: Draft, *, id_: str, key: str, project_id: str, rank: str, now: int) -> Issue:
    """The issue as it is at ``now``: its events up to then, in order of time, are its history and lead to its fields.

    Change and comment ids are left for the caller to give.
    """
    issue = Issue(
        id=id_,
        key=key,
        project_id=project_id,
        type_id=draft.type_id,
        summary=draft.summary,
        description=draft.description,
        creator=draft.creator,
        reporter=draft.creator,
        created_at=draft.created_at,
        updated_at=draft.created_at,
        status_changed_at=draft.created_at,
        priority_id=draft.priority_id,
        sprints=draft.sprints_at_creation,
        parent_id=draft.epic.issue.id if draft.epic and draft.epic.issue else None,
        rank=rank,
    )
    values: dict[str, str | None] = {
        "status": issue.status_id, SPRINT_FIELD: ", ".join(map(str, issue.sprints)),
    }  # fmt: skip
    for (at, who), events in groupby(sorted(draft.events, key=itemgetter(0)), key=itemgetter(0, 1)):
        if at > now:
            break
        _apply(issue, values, at, who, events)
    issue.comments = [
        IssueComment(id="", author=author, created_at=at, body=body)
        for at, author, body in sorted(draft.comments)
        if issue.created_at < at <= now
    ]
    issue.updated_at = max([issue.updated_at, *(comment.created_at for comment in issue.comments)])
    return issue


def _apply(issue: Issue, values: dict[str, str | None], at: int, who: str, events: object) -> None:
    items = []
    for _, _, field_id, new in events:  # type: ignore[attr-defined]
        old = values.get(field_id)
        if old == new:
            continue
        items.append(Item(field_id, old, new))
        values[field_id] = new
        _set(issue, field_id, new, old, at)
    if items:
        issue.changes.append(Change("", at, who, tuple(items)))
        issue.updated_at = at


def _set(issue: Issue, field_id: str, value: str | None, old: str | None, at: int) -> None:
    match field_id:
        case "status":
            assert value is not None
            issue.status_id = value
            if STATUSES[value].category != STATUSES[old or value].category:
                issue.status_changed_at = at
        case "assignee":
            issue.assignee = value
        case "resolution":
            issue.resolution_id, issue.resolved_at = value, None if value is None else at
        case "customfield_10020":
            issue.sprints = sprint_ids(value)
        case "customfield_10016":
            issue.points = None if value is None else float(value)
        case _:
            raise AssertionError(field_id)


assert (SPRINT_FIELD, STORY_POINTS_FIELD) == ("customfield_10020", "customfield_10016")
