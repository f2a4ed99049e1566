"""What an issue was at any instant, told from its history.

A field that the history names held, at creation, what its first change says it held before; every other field has not
changed since.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from forgesim.site.jira_model import FLAG_FIELD, SPRINT_FIELD, STORY_POINTS_FIELD, Change, Issue, Item
from forgesim.site.jira_text import plain

__all__ = [
    "drop_items",
    "fields_at",
    "fields_now",
    "forget_field",
    "members_at",
    "points_text",
    "sprint_ids",
    "sprint_text",
    "value_text",
]


def sprint_text(sprints: tuple[int, ...]) -> str:
    """Sprint ids as a history item holds them: ``"12, 13"``."""
    return ", ".join(map(str, sprints))


def sprint_ids(text: str | None) -> tuple[int, ...]:
    return tuple(int(part) for part in (text or "").split(",") if part.strip())


def points_text(points: float | None) -> str | None:
    """An estimate as a history item holds it: ``"5"``, ``"0.5"``."""
    return None if points is None else f"{points:.15g}"


def fields_now(issue: Issue) -> dict[str, str | None]:
    """Field id → value, in the form of history items, of the fields that a history may name."""
    return {
        "summary": issue.summary,
        "description": None if issue.description is None else plain(issue.description),
        "status": issue.status_id,
        "issuetype": issue.type_id,
        "priority": issue.priority_id,
        "assignee": issue.assignee,
        "reporter": issue.reporter,
        "resolution": issue.resolution_id,
        "parent": issue.parent_id,
        "duedate": issue.due,
        "labels": " ".join(issue.labels),
        SPRINT_FIELD: sprint_text(issue.sprints),
        STORY_POINTS_FIELD: points_text(issue.points),
        FLAG_FIELD: "Impediment" if issue.flagged else None,
        "environment": None if issue.environment is None else plain(issue.environment),
        "components": ", ".join(issue.components),
        "fixVersions": ", ".join(issue.fix_versions),
        "versions": ", ".join(issue.affects),
        "security": issue.security_id,
        "timeoriginalestimate": _number(issue.original_seconds),
        "timeestimate": _number(issue.remaining_seconds),
        "timespent": _number(issue.spent_seconds),
        **{field: value_text(value) for field, value in issue.values.items()},
    }


def value_text(value: Any) -> str | None:
    """The value of a field of the site's own as a history item holds it: ids and dates as they are, numbers as
    estimates, labels with a blank between them, the words of a document."""
    if isinstance(value, list | tuple):
        return " ".join(map(str, value))
    if isinstance(value, int | float):
        return points_text(value)
    return None if value is None else plain(value)


def _number(value: int | None) -> str | None:
    return None if value is None else str(value)


def fields_at(issue: Issue, at: int) -> dict[str, str | None] | None:
    """The fields of ``issue`` at the instant ``at`` (changes of that very instant have happened), or ``None`` before
    it was created."""
    if at < issue.created_at:
        return None
    fields = fields_now(issue)
    for change in reversed(issue.changes):
        if change.at <= at:
            break
        for item in reversed(change.items):
            fields[item.field] = item.old
    return fields


def members_at(issues: list[Issue], sprint: int, at: int) -> list[Issue]:
    """The issues that are in ``sprint`` at the instant ``at``."""
    return [
        issue
        for issue in issues
        if (fields := fields_at(issue, at)) is not None and sprint in sprint_ids(fields[SPRINT_FIELD])
    ]


def forget_field(issue: Issue, field: str) -> None:
    """Take every change of the field out of the issue's history."""
    drop_items(issue, lambda item: item.field == field)


def drop_items(issue: Issue, goes: Callable[[Item], bool]) -> None:
    """Take the items that go out of the issue's history, and entries of which nothing is left."""
    kept = ((change, tuple(item for item in change.items if not goes(item))) for change in issue.changes)
    issue.changes = [Change(change.id, change.at, change.author, items) for change, items in kept if items]
