"""What of the time a JQL query depends on: for how long one and the same query finds the same."""

from __future__ import annotations

from collections.abc import Iterator

from forgesim.products.clock import MINUTE_MS
from forgesim.products.jira.jql import Clause, Node, Not, Query, Value
from forgesim.products.jira.jql_fields import NAMES, is_system
from forgesim.products.jira.jql_held import TIMES

__all__ = ["moment_of"]

_TIMELESS = frozenset((
    "closedsprints", "currentuser", "futuresprints", "linkedissues", "opensprints", "releasedversions",
    "unreleasedversions", "votedissues", "watchedissues",
))  # fmt: skip
"""Functions that ask nothing of the time, and of people no more than who calls."""


def moment_of(query: Query, now_ms: int) -> int | None:
    """A number that is another one when the same query may find something else because time has passed; None for what
    may depend on more than issues, its caller and the time, such as who is in a group."""
    moment = 0
    for clause in _clauses(query.where):
        field = NAMES.get(clause.field, clause.field)
        if any(not _is_timeless(value) for value in clause.values) and field not in TIMES:
            return None
        if clause.predicates or field in ("duedate", "worklogdate") or not is_system(clause.field):
            return None  # what a field of the site's own means may be a day
        if field in TIMES:
            moment = now_ms // MINUTE_MS  # they compare to the minute, and what is relative counts whole ones
    return moment


def _is_timeless(value: Value) -> bool:
    return value.arguments is None or value.text.lower() in _TIMELESS


def _clauses(node: Node | None) -> Iterator[Clause]:
    if isinstance(node, Clause):
        yield node
    elif isinstance(node, Not):
        yield from _clauses(node.part)
    elif node is not None:
        for part in node.parts:
            yield from _clauses(part)
