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

from forgesim.site.jira_parts import (
    NOTHING,
    Component,
    IssueAttachment,
    IssueLink,
    ProjectVersion,
    RemoteLink,
    Visibility,
    Worklog,
)

__all__ = [
    "CUSTOM_FIELDS",
    "DONE",
    "EPIC_COLOURS",
    "FLAG_FIELD",
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
FLAG_FIELD = "customfield_10021"

CUSTOM_FIELDS: Mapping[str, str] = MappingProxyType(
    {SPRINT_FIELD: "Sprint", STORY_POINTS_FIELD: "Story Points", RANK_FIELD: "Rank", FLAG_FIELD: "Flagged"}
)
"""Ids of the custom fields that every site has → their names; more are a site's own (``JiraSetup.fields``)."""

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

EPIC_COLOURS = tuple(f"color_{number}" for number in range(1, 15))

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
    """``viewers``/``editors``: account ids or ``group:NAME``; ``None`` is everybody of the site. They say who may do
    what unless the project has a permission scheme (``scheme_id``), which then alone says it.

    ``kind`` team is a team-managed project (``simplified``). ``type_ids``: its issue types, ``None`` is all of the
    site. ``transitions``: status id → the statuses that may follow it, ``None`` is any; a status that is not named may
    be followed by any. ``roles``: role id → account ids or ``group:NAME``. ``security_id``: its
    scheme of issue security.
    """

    id: str
    key: str
    name: str
    description: str = ""
    lead: str | None = None
    created_at: int = 0
    viewers: list[str] | None = None
    editors: list[str] | None = None
    next_number: int = 1
    kind: Literal["company", "team"] = "company"
    type_key: Literal["software", "business", "service_desk"] = "software"
    category: str = ""
    type_ids: tuple[str, ...] | None = None
    transitions: dict[str, tuple[str, ...]] | None = None
    roles: dict[str, tuple[str, ...]] = field(default_factory=dict)
    scheme_id: str | None = None
    security_id: str | None = None
    components: list[Component] = field(default_factory=list)
    versions: list[ProjectVersion] = field(default_factory=list)
    properties: dict[str, Any] = field(default_factory=dict)


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
    quick_filters: tuple[tuple[int, str, str, str], ...] = ()
    """Id, name, JQL, description."""
    properties: dict[str, Any] = field(default_factory=dict)


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
    properties: dict[str, Any] = field(default_factory=dict)


def _nothing() -> Mapping[str, Any]:
    return NOTHING


@dataclass(slots=True, kw_only=True)
class IssueComment:
    """``body`` is text, one paragraph a line, or the document (ADF) that an app has written."""

    id: str
    author: str
    created_at: int
    body: str | dict[str, Any]
    updated_at: int | None = None
    updated_by: str | None = None
    visibility: Visibility | None = None
    properties: Mapping[str, Any] = field(default_factory=_nothing)


@dataclass(slots=True, kw_only=True)
class Issue:
    """``sprints``: ids of every sprint it is in, closed ones too, in order. ``points`` is the estimate in story points.

    ``description`` is text, one paragraph a line, or the document (ADF) that an app has written. ``priority_id`` is
    null where the issue's project has no such field. ``components``, ``fix_versions`` and ``affects`` are ids of the
    project's, ``security_id`` is that of a level of its security scheme.

    ``links`` are those that lead from this issue; those that lead to it are with the others. ``values``: id of a field
    of the site's own → its value. ``values``, ``properties`` and what tuples hold are never changed in place.
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
    environment: str | dict[str, Any] | None = None
    components: tuple[str, ...] = ()
    fix_versions: tuple[str, ...] = ()
    affects: tuple[str, ...] = ()
    security_id: str | None = None
    original_seconds: int | None = None
    remaining_seconds: int | None = None
    flagged: bool = False
    epic_name: str | None = None
    epic_colour: str = "color_1"
    epic_done: bool = False
    watchers: tuple[str, ...] = ()
    voters: tuple[str, ...] = ()
    links: tuple[IssueLink, ...] = ()
    remote_links: tuple[RemoteLink, ...] = ()
    worklogs: tuple[Worklog, ...] = ()
    attachments: tuple[IssueAttachment, ...] = ()
    values: Mapping[str, Any] = field(default_factory=_nothing)
    properties: Mapping[str, Any] = field(default_factory=_nothing)

    @property
    def spent_seconds(self) -> int | None:
        """What all worklogs say together; null where there is none."""
        return sum(each.seconds for each in self.worklogs) if self.worklogs else None
