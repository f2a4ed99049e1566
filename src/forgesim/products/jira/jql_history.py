"""``was`` and ``changed``: what the history of an issue says of a field (Atlassian's reference of JQL)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import NamedTuple

from forgesim.products.jira.errors import bad_request
from forgesim.products.jira.jql import Clause, Predicate, Value
from forgesim.products.jira.jql_fields import HISTORY
from forgesim.site.jira_history import fields_now
from forgesim.site.jira_model import Issue

__all__ = ["Span", "changed_test", "is_empty", "spans_of", "was_test"]

_FOREVER = 1 << 62
Ids = Callable[[Value], frozenset[str]]
"""The ids that an operand stands for; none for EMPTY."""
Period = Callable[[Value], tuple[int, int]]
"""First and last millisecond of the instant or day that an operand names."""


class Span(NamedTuple):
    """The field held ``values`` from ``start`` until before ``end``; ``by`` set it to that."""

    start: int
    end: int
    values: frozenset[str]
    by: str


def spans_of(issue: Issue, field: str) -> list[Span]:
    """What a field of HISTORY held, oldest first."""
    name = HISTORY[field]
    turns = [
        (change.at, item, change.author) for change in issue.changes for item in change.items if item.field == name
    ]
    value = turns[0][1].old if turns else fields_now(issue)[name]
    start, by, found = issue.created_at, issue.creator, []
    for at, item, author in turns:
        found.append(Span(start, at, _split(field, value), by))
        start, value, by = at, item.new, author
    found.append(Span(start, _FOREVER, _split(field, value), by))
    return found


def _split(field: str, value: str | None) -> frozenset[str]:
    if field == "fixversion":
        return frozenset(part.strip() for part in (value or "").split(",") if part.strip())
    return frozenset((value,)) if value else frozenset()


def was_test(clause: Clause, field: str, ids: Ids, people: Ids, period: Period) -> Callable[[Issue], bool]:
    """Whether an issue's field ever held one of the operands, as the predicates narrow it."""
    wanted, or_empty = _wanted(clause.values, ids)
    tests = [_span_test(clause, each, people, period) for each in clause.predicates]

    def held(issue: Issue) -> bool:
        return any(
            (not span.values.isdisjoint(wanted) or (or_empty and not span.values)) and all(test(span) for test in tests)
            for span in spans_of(issue, field)
        )

    if clause.op in ("was", "was in"):
        return held
    return lambda issue: not held(issue)


def _wanted(values: Sequence[Value], ids: Ids) -> tuple[frozenset[str], bool]:
    found = [ids(value) for value in values]
    return frozenset().union(*found), any(is_empty(value) for value in values)


def is_empty(value: Value) -> bool:
    return not value.quoted and value.arguments is None and value.text.lower() in ("empty", "null")


def _span_test(clause: Clause, predicate: Predicate, people: Ids, period: Period) -> Callable[[Span], bool]:
    if predicate.name == "by":
        who = frozenset().union(*map(people, predicate.values))
        return lambda span: span.by in who
    first, last = _times(clause, predicate, period)
    match predicate.name:
        case "after":
            return lambda span: span.end > last
        case "before":
            return lambda span: span.start < first
        case "on" | "during":
            return lambda span: span.start <= last and span.end > first
        case _:
            raise bad_request(f"The predicate '{predicate.name}' is not supported by the operator '{clause.op}'.")


def changed_test(clause: Clause, field: str, ids: Ids, people: Ids, period: Period) -> Callable[[Issue], bool]:
    """Whether an issue's field ever changed, as the predicates narrow it."""
    tests = [_turn_test(clause, each, ids, people, period) for each in clause.predicates]

    def changed(issue: Issue) -> bool:
        spans = spans_of(issue, field)
        return any(all(test(old, new) for test in tests) for old, new in pairwise(spans))

    return changed if clause.op == "changed" else lambda issue: not changed(issue)


def _turn_test(
    clause: Clause, predicate: Predicate, ids: Ids, people: Ids, period: Period
) -> Callable[[Span, Span], bool]:
    match predicate.name:
        case "by":
            who = frozenset().union(*map(people, predicate.values))
            return lambda _, new: new.by in who
        case "from" | "to":
            wanted, or_empty = _wanted(predicate.values, ids)
            place = 0 if predicate.name == "from" else 1
            return lambda *turn: bool(turn[place].values & wanted) or (or_empty and not turn[place].values)
    first, last = _times(clause, predicate, period)
    if predicate.name == "after":
        return lambda _, new: new.start > last
    if predicate.name == "before":
        return lambda _, new: new.start < first
    return lambda _, new: first <= new.start <= last


def _times(clause: Clause, predicate: Predicate, period: Period) -> tuple[int, int]:
    """From when to when; a day that AFTER or BEFORE names counts from its first instant."""
    wanted = 2 if predicate.name == "during" else 1
    if predicate.name in ("from", "to"):
        raise bad_request(f"The predicate '{predicate.name}' is not supported by the operator '{clause.op}'.")
    if len(predicate.values) != wanted:
        raise bad_request(f"The predicate '{predicate.name}' takes {'two dates' if wanted == 2 else 'one date'}.")
    periods = [period(value) for value in predicate.values]
    if predicate.name in ("after", "before"):
        return periods[0][0], periods[0][0]
    return periods[0][0], periods[-1][1]
