"""Which issues a JQL query means, and in which order, for one caller at one instant."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import tzinfo
from types import MappingProxyType

from forgesim.products.jira.errors import Refused, UnsupportedError, bad_request
from forgesim.products.jira.jql import And, Clause, Node, Order, Query, Value
from forgesim.products.jira.jql_values import instant, zone
from forgesim.products.jira.world import World
from forgesim.site.jira_model import ISSUE_TYPES, PRIORITIES, RESOLUTIONS, STATUSES, Issue, Sprint

__all__ = ["Matcher"]

Test = Callable[[Issue], bool]

_NAMES = {
    "type": "issuetype", "issue": "key", "issuekey": "key", "id": "key", "createddate": "created",
    "updateddate": "updated", "resolutiondate": "resolved", "due": "duedate", "cf[10020]": "sprint",
    "cf[10016]": "story points", "cf[10019]": "rank", "storypoints": "story points",
    "customfield_10020": "sprint", "customfield_10016": "story points",
}  # fmt: skip
_ELSEWHERE = frozenset(
    (
        "affectedversion", "approvals", "attachments", "category", "comment", "component", "description", "environment",
        "epic link", "filter", "fixversion", "hierarchylevel", "issuelinktype", "lastviewed", "level",
        "originalestimate", "rank", "remainingestimate", "request", "savedfilter", "searchrequest",
        "statuscategorychangeddate", "summary", "team", "text", "textfields", "timeestimate", "timespent", "updatedby",
        "voter", "votes", "watcher", "watchers", "worklogauthor", "worklogcomment", "worklogdate", "workratio",
    )
)  # fmt: skip
"""Fields that Jira has and this emulation does not search."""

_EQUALITY = ("=", "!=", "in", "not in", "is", "is not")
_REFS: dict[str, Callable[[Issue], Iterable[str]]] = {
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
}
_TIMES: dict[str, Callable[[Issue], int | None]] = {
    "created": lambda issue: issue.created_at,
    "updated": lambda issue: issue.updated_at,
    "resolved": lambda issue: issue.resolved_at,
}
_PEOPLE = ("assignee", "reporter", "creator")
_TABLES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "status": {each.id: each.name for each in STATUSES.values()},
        "issuetype": {each.id: each.name for each in ISSUE_TYPES.values()},
        "priority": PRIORITIES,
        "resolution": RESOLUTIONS,
    }
)
_CATEGORIES = {
    "to do": "new", "new": "new", "2": "new", "in progress": "indeterminate", "indeterminate": "indeterminate",
    "4": "indeterminate", "done": "done", "complete": "done", "3": "done",
}  # fmt: skip
_COMPARE: dict[str, Callable[[float, float], bool]] = {
    "=": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    ">": lambda a, b: a > b,
    "<=": lambda a, b: a <= b,
    ">=": lambda a, b: a >= b,
}


@dataclass(frozen=True, slots=True)
class Matcher:
    """JQL as ``account`` means it at ``now_ms``: dates are in their time zone, names only of what they may see."""

    world: World
    account: str | None
    now_ms: int

    def select(self, query: Query, issues: Sequence[Issue], default: Callable[[Issue], object]) -> list[Issue]:
        """The issues that ``query`` matches, ordered by it, else by ``default``. Raises Refused, UnsupportedError."""
        test = self._test(query.where) if query.where is not None else None
        found = [issue for issue in issues if test is None or test(issue)]
        found.sort(key=default)  # type: ignore[arg-type]
        for order in reversed(query.order):
            _sort(found, order, self.world)
        return found

    def _test(self, node: Node) -> Test:
        if isinstance(node, Clause):
            return self._clause(node)
        parts = [self._test(part) for part in node.parts]
        if isinstance(node, And):
            return _all(parts)
        return lambda issue: any(part(issue) for part in parts)

    def _clause(self, clause: Clause) -> Test:
        field = _field(clause.field)
        if field in _TIMES:
            return self._time(clause, _TIMES[field])
        if field in ("story points", "duedate"):
            return self._scalar(clause, field)
        if clause.op not in _EQUALITY and field == "key":
            return self._key_order(clause)
        if clause.op not in _EQUALITY:
            raise _wrong_operator(clause)
        values = _REFS[field]
        if field == "resolution":  # Unresolved is a word for having none
            none = [Value("EMPTY") if each.text.casefold() == "unresolved" else each for each in clause.values]
            clause = replace(clause, values=tuple(none))
        if _asks_empty(clause):
            empty = clause.op in ("is", "=")
            return lambda issue: (not any(True for _ in values(issue))) == empty
        wanted = frozenset(each for value in clause.values for each in self._ids(field, clause, value))
        if clause.op in ("=", "in"):
            with_empty = clause.op == "in" and any(_is_empty(value) for value in clause.values)
            return lambda issue: _hits(values(issue), wanted, with_empty)
        # An issue without a value is not among those that have another one.
        return lambda issue: _differs(values(issue), wanted)

    # --- operands ---

    def _ids(self, field: str, clause: Clause, value: Value) -> Iterable[str]:
        """The ids that an operand stands for; EMPTY in a list stands for none."""
        if _is_empty(value):
            return ()
        if value.arguments is not None:
            return self._function(field, value)
        text = value.text
        if field == "labels":
            return (text,)
        if field == "sprint":
            return self._sprint(value)
        if field in ("key", "parent"):
            return (self._issue(clause, value).id,)
        low = text.casefold()
        if field == "project":
            projects = self.world.projects(self.account)
            found = [each.id for each in projects if low in (each.id, each.key.casefold(), each.name.casefold())]
        elif field in _PEOPLE:
            found = [text] if self.world.user(text) is not None else []
        elif field == "statuscategory":
            found = [_CATEGORIES[low]] if low in _CATEGORIES else []
        else:
            found = [id_ for id_, name in _TABLES[field].items() if low in (id_, name.casefold())]
        if not found:
            raise bad_request(f"The value '{text}' does not exist for the field '{clause.field}'.")
        return found

    def _issue(self, clause: Clause, value: Value) -> Issue:
        issue = self.world.find_issue(self.account, value.text) if value.arguments is None else None
        if issue is None:
            raise bad_request(f"An issue with key '{value.text}' does not exist for field '{clause.field}'.")
        return issue

    def _sprint(self, value: Value) -> Iterable[str]:
        for sprint in self._sprints():
            if value.text == str(sprint.id) and not value.quoted:
                return (str(sprint.id),)
        found = [
            str(each.id) for each in self._sprints() if value.text.casefold() in (each.name.casefold(), str(each.id))
        ]
        if found:
            return found
        kind = "id" if value.text.isdecimal() else "name"
        raise bad_request(f"Sprint with {kind} '{value.text}' does not exist or you do not have permission to view it.")

    def _sprints(self) -> list[Sprint]:
        return self.world.sprints(self.account)

    def _function(self, field: str, value: Value) -> Iterable[str]:
        name = value.text.lower()
        states = {"opensprints": "active", "closedsprints": "closed", "futuresprints": "future"}
        if field == "sprint" and name in states and not value.arguments:
            return [str(sprint.id) for sprint in self._sprints() if sprint.state == states[name]]
        if field in _PEOPLE and name == "currentuser" and not value.arguments:
            return (self.account or "",)
        raise UnsupportedError(f"JQL function {value.text}({', '.join(value.arguments or ())}) for {field}")

    def _zone(self) -> tzinfo:
        user = self.world.user(self.account)
        return zone(user.time_zone if user else "UTC")

    # --- comparisons ---

    def _time(self, clause: Clause, of: Callable[[Issue], int | None]) -> Test:
        if _asks_empty(clause):
            empty = clause.op in ("is", "=")
            return lambda issue: (of(issue) is None) == empty
        if clause.op in ("in", "not in", "is", "is not"):
            raise _wrong_operator(clause)
        # Jira compares to the minute.
        limit = instant(clause.field, clause.values[0], self.now_ms, self._zone()) // 60_000
        compare = _COMPARE[clause.op]
        return lambda issue: (at := of(issue)) is not None and compare(at // 60_000, limit)

    def _scalar(self, clause: Clause, field: str) -> Test:
        if _asks_empty(clause):
            empty = clause.op in ("is", "=")
            return lambda issue: (_scalar_of(issue, field, self._zone()) is None) == empty
        if clause.op in ("is", "is not"):
            raise _wrong_operator(clause)
        where = self._zone()
        limits = [self._limit(clause, field, value, where) for value in clause.values if not _is_empty(value)]
        if clause.op in ("in", "not in"):
            inside = clause.op == "in"
            return lambda issue: (at := _scalar_of(issue, field, where)) is not None and (at in limits) == inside
        compare = _COMPARE[clause.op]
        return lambda issue: (at := _scalar_of(issue, field, where)) is not None and compare(at, limits[0])

    def _limit(self, clause: Clause, field: str, value: Value, where: tzinfo) -> float:
        if field == "duedate":
            return instant(clause.field, value, self.now_ms, where)
        try:
            if value.arguments is not None:
                raise ValueError(value.text)
            return float(value.text)
        except ValueError:
            text = f"Value '{value.text}' is invalid for the field '{clause.field}'. Provide a valid number."
            raise bad_request(text) from None

    def _key_order(self, clause: Clause) -> Test:
        """Keys compare by their number, within their project."""
        issue = self._issue(clause, clause.values[0])
        limit, project, compare = _number(issue), issue.project_id, _COMPARE[clause.op]
        return lambda other: other.project_id == project and compare(_number(other), limit)


def _all(parts: Sequence[Test]) -> Test:
    def test(issue: Issue) -> bool:
        for part in parts:  # noqa: SIM110 - several times as fast, and run for every issue of a site
            if not part(issue):
                return False
        return True

    return test


def _hits(values: Iterable[str], wanted: frozenset[str], with_empty: bool) -> bool:
    held = list(values)
    return not wanted.isdisjoint(held) or (with_empty and not held)


def _differs(values: Iterable[str], wanted: frozenset[str]) -> bool:
    held = list(values)
    return bool(held) and wanted.isdisjoint(held)


def _field(name: str) -> str:
    found = _NAMES.get(name, name)
    if found in _REFS or found in _TIMES or found in ("story points", "duedate"):
        return found
    if found in _ELSEWHERE:
        raise UnsupportedError(f"JQL field {name}")
    raise bad_request(f"Field '{name}' does not exist or you do not have permission to view it.")


def _is_empty(value: Value) -> bool:
    return not value.quoted and value.arguments is None and value.text.lower() in ("empty", "null")


def _asks_empty(clause: Clause) -> bool:
    """Whether the clause is about having no value: ``is EMPTY``, or ``= EMPTY``, which means the same."""
    if clause.op in ("is", "is not") and not _is_empty(clause.values[0]):
        raise bad_request(
            f"The operator '{clause.op}' for the field '{clause.field}' takes EMPTY or NULL, "
            f"not '{clause.values[0].text}'."
        )
    return clause.op in ("is", "is not", "=", "!=") and _is_empty(clause.values[0])


def _wrong_operator(clause: Clause) -> Refused:
    return bad_request(f"The operator '{clause.op}' is not supported by the '{clause.field}' field.")


def _scalar_of(issue: Issue, field: str, where: tzinfo) -> float | None:
    if field == "story points":
        return issue.points
    return None if issue.due is None else instant("duedate", Value(issue.due), 0, where)


def _number(issue: Issue) -> int:
    return int(issue.key.rpartition("-")[2])


def _sort(issues: list[Issue], order: Order, world: World) -> None:
    """Issues without a value come last, whichever way the order goes."""
    key = _order_key(_NAMES.get(order.field, order.field), order.field, world)
    with_value = [issue for issue in issues if key(issue) is not None]
    with_value.sort(key=key, reverse=order.descending)  # type: ignore[arg-type]
    issues[:] = [*with_value, *(issue for issue in issues if key(issue) is None)]


def _order_key(field: str, asked: str, world: World) -> Callable[[Issue], object]:
    def name_of(account: str | None) -> object:
        user = world.user(account)
        return user.name.casefold() if user else account

    keys: dict[str, Callable[[Issue], object]] = {
        "key": lambda issue: (world.site.projects[issue.project_id].key, _number(issue)),
        "project": lambda issue: world.site.projects[issue.project_id].name.casefold(),
        "created": lambda issue: issue.created_at,
        "updated": lambda issue: issue.updated_at,
        "resolved": lambda issue: issue.resolved_at,
        "duedate": lambda issue: issue.due,
        "priority": lambda issue: -int(issue.priority_id) if issue.priority_id else None,
        "status": lambda issue: list(STATUSES).index(issue.status_id),
        "statuscategory": lambda issue: list(STATUSES).index(issue.status_id),
        "issuetype": lambda issue: ISSUE_TYPES[issue.type_id].name,
        "summary": lambda issue: issue.summary.casefold(),
        "assignee": lambda issue: name_of(issue.assignee),
        "reporter": lambda issue: name_of(issue.reporter),
        "creator": lambda issue: name_of(issue.creator),
        "story points": lambda issue: issue.points,
        "sprint": lambda issue: issue.sprints[-1] if issue.sprints else None,
        "resolution": lambda issue: issue.resolution_id,
        "rank": lambda issue: issue.rank,
    }
    if field in keys:
        return keys[field]
    if field in _ELSEWHERE or field in _REFS:
        raise UnsupportedError(f"JQL order by {asked}")
    raise bad_request(f"Field '{asked}' does not exist or you do not have permission to view it.")
