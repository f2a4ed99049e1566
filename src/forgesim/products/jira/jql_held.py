"""What an issue holds in the fields that JQL searches: ids (of things, people, or words such as labels), an instant, or
a number."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from forgesim.site.jira_model import ISSUE_TYPES, STATUSES, Issue

__all__ = ["INDEXED", "NUMBERS", "REFS", "TIMES"]

REFS: Mapping[str, Callable[[Issue], Iterable[str]]] = MappingProxyType({
    "project": lambda issue: (issue.project_id,),
    "status": lambda issue: (issue.status_id,),
    "statuscategory": lambda issue: (STATUSES[issue.status_id].category,),
    "issuetype": lambda issue: (issue.type_id,),
    "priority": lambda issue: (issue.priority_id,) if issue.priority_id else (),
    "resolution": lambda issue: (issue.resolution_id,) if issue.resolution_id else (),
    "assignee": lambda issue: (issue.assignee,) if issue.assignee else (),
    "reporter": lambda issue: (issue.reporter,) if issue.reporter else (),
    "creator": lambda issue: (issue.creator,),
    "labels": lambda issue: issue.labels,
    "parent": lambda issue: (issue.parent_id,) if issue.parent_id else (),
    "sprint": lambda issue: [str(sprint) for sprint in issue.sprints],
    "key": lambda issue: (issue.id,),
    "component": lambda issue: issue.components,
    "fixversion": lambda issue: issue.fix_versions,
    "affectedversion": lambda issue: issue.affects,
    "level": lambda issue: (issue.security_id,) if issue.security_id else (),
    "watcher": lambda issue: issue.watchers,
    "voter": lambda issue: issue.voters,
})  # fmt: skip
INDEXED = tuple(name for name in REFS if name not in ("key", "watcher", "voter"))
TIMES: Mapping[str, Callable[[Issue], int | None]] = MappingProxyType({
    "created": lambda issue: issue.created_at,
    "updated": lambda issue: issue.updated_at,
    "resolved": lambda issue: issue.resolved_at,
    "statuscategorychangeddate": lambda issue: issue.status_changed_at,
})  # fmt: skip
NUMBERS: Mapping[str, Callable[[Issue], float | None]] = MappingProxyType({
    "story points": lambda issue: issue.points,
    "votes": lambda issue: len(issue.voters),
    "watchers": lambda issue: len(issue.watchers),
    "hierarchylevel": lambda issue: ISSUE_TYPES[issue.type_id].level,
    "originalestimate": lambda issue: issue.original_seconds,
    "remainingestimate": lambda issue: issue.remaining_seconds,
    "timespent": lambda issue: issue.spent_seconds,
})  # fmt: skip
