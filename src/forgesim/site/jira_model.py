"""Projects, boards, sprints and issues of a site, as plain values.

An issue is its current fields plus its history: each ``Change`` says what an instant changed, oldest first, so that
the state at any instant can be told (``jira_history``). Ids of projects, issues and changes are strings of digits,
those of boards and sprints numbers, as the REST API writes them. Times are epoch milliseconds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

import msgspec

__all__ = [
    "CUSTOM_FIELDS",
    "DONE",
    "IN_PROGRESS",
    "IN_REVIEW",
    "ISSUE_TYPES",
    "PRIORITIES",
    "RANK_FIELD",
    "RESOLUTIONS",
    "SPRINT_FIELD",
    "STATUSES",
    "STORY_POINTS_FIELD",
    "TO_DO",
    "Board",
    "Change",
    "Issue",
    "IssueComment",
    "IssueType",
    "Item",
    "Project",
    "Sprint",
    "Status",
]

SPRINT_FIELD = "customfield_10020"
STORY_POINTS_FIELD = "customfield_10016"
RANK_FIELD = "customfield_10019"

CUSTOM_FIELDS: Mapping[str, str] = MappingProxyType(
    {SPRINT_FIELD: "Sprint", STORY_POINTS_FIELD: "Story Points", RANK_FIELD: "Rank"}
)
"""Ids of the site's custom fields → their names."""

TO_DO, IN_PROGRESS, IN_REVIEW, DONE = "10000", "3", "10001", "10002"


class Status(NamedTuple):
    id: str
    name: str
    category: Literal["new", "indeterminate", "done"]


class IssueType(NamedTuple):
    id: str
    name: str
    level: int
    """1 epic, 0 story and such, -1 sub-task."""


STATUSES: Mapping[str, Status] = MappingProxyType(
    {
        TO_DO: Status(TO_DO, "To Do", "new"),
        IN_PROGRESS: Status(IN_PROGRESS, "In Progress", "indeterminate"),
        IN_REVIEW: Status(IN_REVIEW, "In Review", "indeterminate"),
        DONE: Status(DONE, "Done", "done"),
    }
)
"""The one workflow: an issue starts in the first, and any status may follow any other."""

ISSUE_TYPES: Mapping[str, IssueType] = MappingProxyType(
    {
        "10001": IssueType("10001", "Story", 0),
        "10002": IssueType("10002", "Task", 0),
        "10004": IssueType("10004", "Bug", 0),
        "10000": IssueType("10000", "Epic", 1),
        "10003": IssueType("10003", "Sub-task", -1),
    }
)

PRIORITIES: Mapping[str, str] = MappingProxyType(
    {"1": "Highest", "2": "High", "3": "Medium", "4": "Low", "5": "Lowest"}
)
RESOLUTIONS: Mapping[str, str] = MappingProxyType({"10000": "Done", "10001": "Won't Do"})


class Item(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """One field's change. ``field`` is the field's id.

    ``old`` and ``new`` are ids where the field holds one (status, assignee, priority, issuetype, resolution, parent),
    sprint ids joined by ``", "`` (empty for none), else the text or number as text; ``None`` is unset.
    """

    field: str
    old: str | None
    new: str | None


class Change(msgspec.Struct, frozen=True, array_like=True):
    """One entry of an issue's history; never changed, so copies of a site share it."""

    id: str
    at: int
    author: str
    items: tuple[Item, ...]


@dataclass(slots=True, kw_only=True)
class Project:
    """``viewers``/``editors``: account ids or ``group:NAME``; ``None`` is everybody of the site."""

    id: str
    key: str
    name: str
    description: str = ""
    lead: str | None = None
    created_at: int = 0
    viewers: list[str] | None = None
    editors: list[str] | None = None
    next_number: int = 1


@dataclass(slots=True, kw_only=True)
class Board:
    """A scrum or kanban board over all issues of one project but its epics. ``columns``: name and the statuses in it;
    the last one with statuses counts as done."""

    id: int
    name: str
    project_id: str
    filter_id: str
    kind: Literal["scrum", "kanban"] = "scrum"
    columns: tuple[tuple[str, tuple[str, ...]], ...] = (
        ("To Do", (TO_DO,)),
        ("In Progress", (IN_PROGRESS, IN_REVIEW)),
        ("Done", (DONE,)),
    )


@dataclass(slots=True, kw_only=True)
class Sprint:
    """``start_at`` and ``end_at`` are planned, null for a future sprint; ``complete_at`` is set once it is closed."""

    id: int
    board_id: int
    name: str
    goal: str = ""
    state: Literal["future", "active", "closed"] = "future"
    created_at: int = 0
    start_at: int | None = None
    end_at: int | None = None
    complete_at: int | None = None


@dataclass(slots=True, kw_only=True)
class IssueComment:
    """``body`` is text, one paragraph a line, or the document (ADF) that an app has written."""

    id: str
    author: str
    created_at: int
    body: str | dict[str, Any]
    updated_at: int | None = None
    updated_by: str | None = None


@dataclass(slots=True, kw_only=True)
class Issue:
    """``sprints``: ids of every sprint it is in, closed ones too, in order. ``points`` is the estimate in story points.

    ``description`` is text, one paragraph a line, or the document (ADF) that an app has written. ``priority_id`` is
    null where the issue's project has no such field.
    """

    id: str
    key: str
    project_id: str
    type_id: str
    summary: str
    creator: str
    created_at: int
    updated_at: int
    status_changed_at: int
    description: str | dict[str, Any] | None = None
    status_id: str = TO_DO
    priority_id: str | None = "3"
    reporter: str | None = None
    assignee: str | None = None
    points: float | None = None
    sprints: tuple[int, ...] = ()
    resolution_id: str | None = None
    resolved_at: int | None = None
    parent_id: str | None = None
    due: str | None = None
    rank: str = "0|i00000:"
    labels: tuple[str, ...] = ()
    comments: list[IssueComment] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
