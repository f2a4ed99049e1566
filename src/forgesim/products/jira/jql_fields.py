"""The fields that JQL searches: their names, the texts of an issue, and how each field orders (Atlassian's reference
of JQL)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from forgesim.products.jira.errors import UnsupportedError, bad_request
from forgesim.products.jira.jql_held import NUMBERS, REFS, TIMES
from forgesim.products.jira.world import World
from forgesim.site.jira_access import may_see_said
from forgesim.site.jira_model import ISSUE_TYPES, PRIORITIES, RESOLUTIONS, STATUSES, Issue
from forgesim.site.jira_text import plain

__all__ = ["HISTORY", "NAMES", "PEOPLE", "SPANS", "TABLES", "TEXTS", "field_of", "is_system", "number_of", "order_key",
           "said"]  # fmt: skip

NAMES: Mapping[str, str] = MappingProxyType({
    "type": "issuetype", "issue": "key", "issuekey": "key", "id": "key", "createddate": "created",
    "updateddate": "updated", "resolutiondate": "resolved", "due": "duedate", "cf[10020]": "sprint",
    "cf[10016]": "story points", "cf[10019]": "rank", "storypoints": "story points", "customfield_10019": "rank",
    "customfield_10020": "sprint", "customfield_10016": "story points", "timeoriginalestimate": "originalestimate",
    "timeestimate": "remainingestimate", "affectsversion": "affectedversion", "components": "component",
    "fixversions": "fixversion", "versions": "affectedversion", "textfields": "text", "watches": "watchers",
    "savedfilter": "filter", "searchrequest": "filter", "request": "filter",
})  # fmt: skip
_ELSEWHERE = frozenset((
    "approvals", "attachments", "epic link", "lastviewed", "organizations", "rank", "team", "updatedby", "workratio",
))  # fmt: skip
"""Fields that Jira has and this emulation does not search."""

PEOPLE = frozenset(("assignee", "reporter", "creator", "watcher", "voter", "worklogauthor"))
SPANS = frozenset(("originalestimate", "remainingestimate", "timespent"))
TEXTS = frozenset(("summary", "description", "environment", "comment", "worklogcomment", "text"))
_OTHERS = frozenset(("duedate", "worklogauthor", "worklogdate", "issuelinktype", "category", "filter"))
HISTORY: Mapping[str, str] = MappingProxyType({
    "status": "status", "assignee": "assignee", "reporter": "reporter", "priority": "priority",
    "resolution": "resolution", "fixversion": "fixVersions",
})  # fmt: skip
"""Fields whose past ``was`` and ``changed`` search → their names in a history."""
TABLES: Mapping[str, Mapping[str, str]] = MappingProxyType({
    "status": {each.id: each.name for each in STATUSES.values()},
    "issuetype": {each.id: each.name for each in ISSUE_TYPES.values()},
    "priority": PRIORITIES,
    "resolution": RESOLUTIONS,
})  # fmt: skip


def field_of(name: str) -> str:
    """The field by its one name. Raises Refused where there is none, UnsupportedError where it is not searched."""
    found = NAMES.get(name, name)
    if _is_searched(found):
        return found
    if found in _ELSEWHERE:
        raise UnsupportedError(f"JQL field {name}")
    raise bad_request(f"Field '{name}' does not exist or you do not have permission to view it.")


def is_system(name: str) -> bool:
    """Whether a field of every site is called that."""
    found = NAMES.get(name, name)
    return _is_searched(found) or found in _ELSEWHERE


def _is_searched(field: str) -> bool:
    return field in REFS or field in TIMES or field in NUMBERS or field in TEXTS or field in _OTHERS


def said(world: World, account: str | None, field: str, issue: Issue) -> str:
    """The text of a field, of comments and worklogs what ``account`` may see of them, one piece a line."""
    project = world.site.projects[issue.project_id]

    def shown(pieces: Iterable[tuple[object, object]]) -> list[object]:
        return [text for text, visibility in pieces if may_see_said(world.site, account, project, visibility)]  # type: ignore[arg-type]

    parts: Mapping[str, Callable[[], list[object]]] = {
        "summary": lambda: [issue.summary],
        "description": lambda: [issue.description],
        "environment": lambda: [issue.environment],
        "comment": lambda: shown((each.body, each.visibility) for each in issue.comments),
        "worklogcomment": lambda: shown((each.comment, each.visibility) for each in issue.worklogs),
    }
    wanted = ("summary", "description", "environment", "comment") if field == "text" else (field,)
    return "\n\n".join(plain(text) for name in wanted for text in parts[name]() if text)  # type: ignore[arg-type]


def order_key(name: str, world: World) -> Callable[[Issue], object]:
    """What issues are sorted by; None comes last, whichever way the order goes."""
    field = NAMES.get(name, name)

    def name_of(account: str | None) -> object:
        user = world.user(account)
        return user.name.casefold() if user else account

    keys: dict[str, Callable[[Issue], object]] = {
        "key": lambda issue: (world.site.projects[issue.project_id].key, number_of(issue)),
        "project": lambda issue: world.site.projects[issue.project_id].name.casefold(),
        "duedate": lambda issue: issue.due,
        "priority": lambda issue: -int(issue.priority_id) if issue.priority_id else None,
        "status": lambda issue: list(STATUSES).index(issue.status_id),
        "statuscategory": lambda issue: list(STATUSES).index(issue.status_id),
        "issuetype": lambda issue: ISSUE_TYPES[issue.type_id].name,
        "summary": lambda issue: issue.summary.casefold(),
        "description": lambda issue: plain(issue.description).casefold() if issue.description else None,
        "environment": lambda issue: plain(issue.environment).casefold() if issue.environment else None,
        "assignee": lambda issue: name_of(issue.assignee),
        "reporter": lambda issue: name_of(issue.reporter),
        "creator": lambda issue: name_of(issue.creator),
        "sprint": lambda issue: issue.sprints[-1] if issue.sprints else None,
        "resolution": lambda issue: issue.resolution_id,
        "rank": lambda issue: issue.rank,
        "component": lambda issue: _names_of(world, issue) or None,
    }
    found = keys.get(field) or TIMES.get(field) or NUMBERS.get(field)
    if found is None:
        field_of(name)
        raise UnsupportedError(f"JQL order by {name}")
    return found


def _names_of(world: World, issue: Issue) -> list[str]:
    """The names of an issue's components in their order: several sort by the first one, and then by the next."""
    parts = world.site.projects[issue.project_id].components
    return sorted(each.name.casefold() for each in parts if each.id in issue.components)


def number_of(issue: Issue) -> int:
    return int(issue.key.rpartition("-")[2])
