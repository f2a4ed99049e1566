"""An issue as an export of Jira tells it, before it has a place on a site."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

__all__ = ["RawChange", "RawComment", "RawIssue", "RawLink", "RawPerson", "RawSprint", "RawWorklog"]


@dataclass(slots=True, kw_only=True)
class RawPerson:
    """``id`` tells people apart (an account id, else the name)."""

    id: str
    name: str


@dataclass(slots=True, kw_only=True)
class RawSprint:
    """``id`` and ``board`` are null where the export names sprints only."""

    name: str
    id: int | None = None
    board: int | None = None
    state: str | None = None
    goal: str = ""
    start_at: int | None = None
    end_at: int | None = None
    complete_at: int | None = None


@dataclass(slots=True, kw_only=True)
class RawComment:
    id: str | None
    author: RawPerson | None
    at: int | None
    body: str | dict[str, Any]
    updated_at: int | None = None


@dataclass(slots=True, kw_only=True)
class RawWorklog:
    """``seconds``: what was worked. ``limited``: the export says that it is for few."""

    id: str | None
    author: RawPerson | None
    started_at: int | None
    seconds: int
    comment: str | dict[str, Any] | None = None
    created_at: int | None = None
    limited: bool = False


@dataclass(slots=True, kw_only=True)
class RawLink:
    """``other``: key of the issue at the other end; with ``outward`` this one does ``type`` to that one."""

    type: str
    other: str
    outward: bool
    id: str | None = None
    inward_name: str | None = None
    outward_name: str | None = None


@dataclass(slots=True, kw_only=True)
class RawChange:
    """``items``: field id, old and new value, and how they are shown."""

    id: str
    author: RawPerson | None
    at: int | None
    items: list[tuple[str, str | None, str | None, str | None, str | None]]


@dataclass(slots=True, kw_only=True)
class RawIssue:
    """Names stand for types, statuses and the like; ``category`` is that of the status (new, indeterminate, done),
    where it is told. ``line``: where the export has it."""

    key: str
    line: int | None = None
    id: str | None = None
    summary: str = ""
    description: str | dict[str, Any] | None = None
    project_id: str | None = None
    project_name: str | None = None
    type: str = "Task"
    level: int | None = None
    status: str = "To Do"
    category: str | None = None
    priority: str | None = None
    resolution: str | None = None
    assignee: RawPerson | None = None
    reporter: RawPerson | None = None
    creator: RawPerson | None = None
    created_at: int | None = None
    updated_at: int | None = None
    resolved_at: int | None = None
    status_changed_at: int | None = None
    due: str | None = None
    parent: str | None = None
    points: float | None = None
    rank: str | None = None
    labels: list[str] = field(default_factory=list)
    sprints: list[RawSprint] = field(default_factory=list)
    comments: list[RawComment] = field(default_factory=list)
    changes: list[RawChange] = field(default_factory=list)
    worklogs: list[RawWorklog] = field(default_factory=list)
    links: list[RawLink] = field(default_factory=list)
