"""Which issues a JQL query means, and in which order, for one caller at one instant."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import tzinfo
from itertools import chain
from typing import NamedTuple

from forgesim.products.clock import Clock
from forgesim.products.jira.errors import UnsupportedError, bad_request
from forgesim.products.jira.jql import And, Clause, Node, Not, Order, Query, Value
from forgesim.products.jira.jql_clause import asks_empty, without_unresolved, wrong_operator
from forgesim.products.jira.jql_fields import HISTORY, SPANS, TEXTS, field_of, number_of, order_key, said
from forgesim.products.jira.jql_held import NUMBERS, REFS, TIMES
from forgesim.products.jira.jql_history import changed_test, is_empty, was_test
from forgesim.products.jira.jql_moment import moment_of
from forgesim.products.jira.jql_operands import Operands
from forgesim.products.jira.jql_own import held_ids, held_text, option_ids, own_field, own_order
from forgesim.products.jira.jql_saved import with_saved
from forgesim.products.jira.jql_values import day_of, instant, work_seconds, zone
from forgesim.products.jira.world import World
from forgesim.products.words import BadTextError, UnknownTextError, folded, read_words
from forgesim.site.access import may_view_issue
from forgesim.site.holders import names_of
from forgesim.site.jira_access import may_see_said
from forgesim.site.jira_model import Issue
from forgesim.site.jira_parts import CustomField, Worklog

__all__ = ["Matcher", "Within"]

Test = Callable[[Issue], bool]


class Within(NamedTuple):
    """Where a search looks: ``test`` says of an issue whether it is there, ``held`` which values of fields of the index
    all issues there hold, and ``asked`` is another value for any other place."""

    test: Test
    held: Sequence[tuple[str, str]]
    asked: Hashable


_EQUALITY = ("=", "!=", "in", "not in", "is", "is not")
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
    """JQL as ``account`` means it at the time of ``clock``: dates are in their time zone, names only of what they may
    see."""

    world: World
    account: str | None
    clock: Clock

    def search(self, query: Query, default: Callable[[Issue], object], within: Within | None = None) -> Sequence[Issue]:
        """The visible issues ``within`` that ``query`` matches, ordered by it, else by ``default``: as ``select`` of
        all of them, but only those are looked at that the index leaves, and what was found stays known until the site
        changes. Raises Refused, UnsupportedError."""
        query = self._filled(query)
        moment = moment_of(query, self.clock.unasked().now_ms)
        if moment is None:
            return self.searched(query, default, within)
        apart: Matcher = replace(self, clock=self.clock.in_minutes() if moment else self.clock.unasked())
        user, asked = self.world.user(self.account), within.asked if within else None
        person = (self.account, names_of(self.world.site, self.account), user and (user.admin, user.time_zone))
        issues = self.world.site.issues
        size = len(issues), next(reversed(issues), None)
        key = (query, default, asked, person, moment, size)
        return self.world.selections.of(key, lambda: apart.searched(query, default, within))

    def searched(self, query: Query, default: Callable[[Issue], object], within: Within | None) -> list[Issue]:
        """The same for a query with those of saved filters in their place, made anew."""
        held = [self.candidates(query.where)] if query.where is not None else []
        if within is not None:
            held += [self.world.jql_index.holding(*place) for place in within.held]
        known = [each for each in held if each is not None]
        if known:
            seen: dict[str, bool] = {}
            issues = [issue for issue in min(known, key=len) if self._sees(issue, seen)]
        else:
            issues = self.world.issues(self.account)
        if within is not None:
            issues = [issue for issue in issues if within.test(issue)]
        return self.select(query, issues, default)

    def _filled(self, query: Query) -> Query:
        """The query with those of saved filters in their place."""
        return query if query.where is None else replace(query, where=with_saved(self.world, self.account, query.where))

    def _own(self, name: str) -> CustomField | None:
        return own_field(self.world, self.account, name)

    def _sees(self, issue: Issue, seen: dict[str, bool]) -> bool:
        """Whether the account sees the issue; each project where all issues are alike is asked of once."""
        if issue.security_id is not None or self.world.site.projects[issue.project_id].scheme_id is not None:
            return may_view_issue(self.world.site, self.account, issue)
        if issue.project_id not in seen:
            seen[issue.project_id] = may_view_issue(self.world.site, self.account, issue)
        return seen[issue.project_id]

    def select(self, query: Query, issues: Sequence[Issue], default: Callable[[Issue], object]) -> list[Issue]:
        """Those of ``issues`` that ``query`` matches, ordered by it, else by ``default``. Raises Refused,
        UnsupportedError."""
        query = self._filled(query)
        test = self.test(query.where) if query.where is not None else None
        found = [issue for issue in issues if test is None or test(issue)]
        found.sort(key=default)  # type: ignore[arg-type]
        for order in reversed(query.order):
            self._sort(found, order)
        return found

    # --- where matches can only be ---

    def candidates(self, node: Node) -> Sequence[Issue] | None:
        """Issues among which all matches are; None where the index cannot tell."""
        if isinstance(node, Clause):
            return self._clause_candidates(node)
        if isinstance(node, Not):
            return None
        parts = [self.candidates(part) for part in node.parts]
        known = [part for part in parts if part is not None]
        if isinstance(node, And):
            return min(known, key=len) if known else None
        return None if len(known) < len(parts) else _once(known)

    def _clause_candidates(self, clause: Clause) -> Sequence[Issue] | None:
        if self._own(clause.field) is not None:
            return None
        field, index = field_of(clause.field), self.world.jql_index
        if not index.covers(field) or clause.op not in ("=", "in"):
            return None
        clause = without_unresolved(clause, field)
        if any(is_empty(value) for value in clause.values):
            return None
        operands = self._operands
        return _once([index.holding(field, each) for value in clause.values for each in operands.ids(clause, value)])

    @property
    def _operands(self) -> Operands:
        return Operands(self.world, self.account, self.clock.now_ms)

    # --- what a clause means ---

    def test(self, node: Node) -> Test:
        if isinstance(node, Clause):
            return self._clause(node)
        if isinstance(node, Not):
            part = self.test(node.part)
            return lambda issue: not part(issue)
        parts = [self.test(part) for part in node.parts]
        if isinstance(node, And):
            return _all(parts)
        return lambda issue: any(part(issue) for part in parts)

    def _clause(self, clause: Clause) -> Test:
        if (own := self._own(clause.field)) is not None:
            return self._own_clause(clause, own)
        field = field_of(clause.field)
        if clause.op.startswith("was") or clause.op.endswith("changed"):
            return self._past(clause, field)
        if field in TEXTS:
            return self._text(clause, field)
        if clause.op in ("~", "!~"):
            raise wrong_operator(clause)
        if field in TIMES:
            return self._time(clause, TIMES[field])
        if field in NUMBERS or field == "duedate":
            return self._scalar(clause, field)
        if field == "worklogdate":
            return self._work_dates(clause)
        if clause.op not in _EQUALITY and field == "key":
            return self._key_order(clause)
        if clause.op not in _EQUALITY:
            raise wrong_operator(clause)
        return self._refs(without_unresolved(clause, field), field)

    def _refs(self, clause: Clause, field: str) -> Test:
        operands = self._operands
        return self._among(clause, self._held(field), lambda value: operands.ids(clause, value))

    def _among(
        self, clause: Clause, values: Callable[[Issue], Iterable[str]], ids: Callable[[Value], Iterable[str]]
    ) -> Test:
        if asks_empty(clause):
            empty = clause.op in ("is", "=")
            return lambda issue: (not any(True for _ in values(issue))) == empty
        wanted = frozenset(each for value in clause.values for each in ids(value))
        if clause.op in ("=", "in"):
            with_empty = clause.op == "in" and any(is_empty(value) for value in clause.values)
            return lambda issue: _hits(values(issue), wanted, with_empty)
        # An issue without a value is not among those that have another one.
        return lambda issue: _differs(values(issue), wanted)

    def _held(self, field: str) -> Callable[[Issue], Iterable[str]]:
        """What an issue holds in a field, as far as the caller may see it."""
        site, account, index = self.world.site, self.account, self.world.jql_index
        if field == "worklogauthor":
            return lambda issue: [each.author for each in self._worklogs(issue)]
        if field == "category":
            return lambda issue: [each for each in (site.projects[issue.project_id].category,) if each]
        if field == "issuelinktype":

            def seen(id_: str) -> bool:
                return id_ in site.issues and may_view_issue(site, account, site.issues[id_])

            return lambda issue: [
                *(f"out {each.type_id}" for each in issue.links if seen(each.target)),
                *(f"in {type_id}" for type_id, other in index.links(issue) if seen(other)),
            ]
        return REFS[field]

    def _worklogs(self, issue: Issue) -> list[Worklog]:
        """Those that the caller may see."""
        site, project = self.world.site, self.world.site.projects[issue.project_id]
        return [each for each in issue.worklogs if may_see_said(site, self.account, project, each.visibility)]

    def _past(self, clause: Clause, field: str) -> Test:
        if field not in HISTORY:
            raise bad_request(f"History searches do not support the '{clause.field}' field.")
        where, operands = self._zone(), self._operands

        def ids(value: Value) -> frozenset[str]:
            return frozenset(operands.ids(clause, value))

        def people(value: Value) -> frozenset[str]:
            return frozenset(operands.people(clause, value))

        def period(value: Value) -> tuple[int, int]:
            at = instant(clause.field, value, self.clock.now_ms, where)
            exact = value.arguments is None and ":" in value.text
            return (at, at + 59_999) if exact else (at, day_of(at, where)[1])

        test = changed_test if clause.op.endswith("changed") else was_test
        return test(without_unresolved(clause, field), field, ids, people, period)

    def _text(self, clause: Clause, field: str) -> Test:
        world, account = self.world, self.account
        return self._words(clause, lambda issue: said(world, account, field, issue), may_lack=field != "text")

    def _words(self, clause: Clause, text_of: Callable[[Issue], str], *, may_lack: bool = True) -> Test:
        if may_lack and clause.op in ("is", "is not", "=", "!=") and asks_empty(clause):
            empty = clause.op in ("is", "=")
            return lambda issue: (not text_of(issue)) == empty
        if clause.op not in ("~", "!~"):
            raise wrong_operator(clause)
        value = clause.values[0]
        try:
            words = read_words(value.text if value.arguments is None else "")
        except BadTextError as error:
            text = f"The text '{value.text}' for field '{clause.field}' cannot be searched: {error}."
            raise bad_request(text) from None
        except UnknownTextError as error:
            raise UnsupportedError(f"JQL {error}") from None
        found = clause.op == "~"

        def test(issue: Issue) -> bool:
            text = text_of(issue)
            # An issue without a text is not among those whose text lacks a word.
            return bool(text) and words.matches(folded(text)) == found

        return test

    def _zone(self) -> tzinfo:
        user = self.world.user(self.account)
        return zone(user.time_zone if user else "UTC")

    # --- comparisons ---

    def _time(self, clause: Clause, of: Callable[[Issue], int | None]) -> Test:
        if asks_empty(clause):
            empty = clause.op in ("is", "=")
            return lambda issue: (of(issue) is None) == empty
        if clause.op in ("in", "not in", "is", "is not"):
            raise wrong_operator(clause)
        # Jira compares to the minute.
        limit = instant(clause.field, clause.values[0], self.clock.now_ms, self._zone()) // 60_000
        compare = _COMPARE[clause.op]
        return lambda issue: (at := of(issue)) is not None and compare(at // 60_000, limit)

    def _work_dates(self, clause: Clause) -> Test:
        """Whether some work that the caller may see was started on such a day."""
        where = self._zone()
        if clause.op not in _COMPARE or is_empty(clause.values[0]):
            raise wrong_operator(clause)
        limit = day_of(instant(clause.field, clause.values[0], self.clock.now_ms, where), where)[0]
        compare = _COMPARE[clause.op]
        return lambda issue: any(compare(day_of(each.started_at, where)[0], limit) for each in self._worklogs(issue))

    def _scalar(self, clause: Clause, field: str) -> Test:
        where = self._zone()
        return self._compared(clause, field, NUMBERS.get(field) or (lambda issue: _day(issue.due, where)))

    def _compared(self, clause: Clause, field: str, of: Callable[[Issue], float | None]) -> Test:
        """``field`` says how operands are read: as dates where it is ``duedate``, as numbers else."""
        where = self._zone()
        if asks_empty(clause):
            empty = clause.op in ("is", "=")
            return lambda issue: (of(issue) is None) == empty
        if clause.op in ("is", "is not"):
            raise wrong_operator(clause)
        limits = [self._limit(clause, field, value, where) for value in clause.values if not is_empty(value)]
        if clause.op in ("in", "not in"):
            inside = clause.op == "in"
            return lambda issue: (at := of(issue)) is not None and (at in limits) == inside
        if not limits:
            raise wrong_operator(clause)
        compare = _COMPARE[clause.op]
        return lambda issue: (at := of(issue)) is not None and compare(at, limits[0])

    def _limit(self, clause: Clause, field: str, value: Value, where: tzinfo) -> float:
        if field == "duedate":
            return instant(clause.field, value, self.clock.now_ms, where)
        if field in SPANS:
            return work_seconds(clause.field, value)
        try:
            if value.arguments is not None:
                raise ValueError(value.text)
            return float(value.text)
        except ValueError:
            text = f"Value '{value.text}' is invalid for the field '{clause.field}'. Provide a valid number."
            raise bad_request(text) from None

    def _own_clause(self, clause: Clause, own: CustomField) -> Test:
        """A field of the site's own, which is searched as others of its kind."""
        id_, where, operands = own.id, self._zone(), self._operands
        if clause.op.startswith("was") or clause.op.endswith("changed"):
            raise bad_request(f"History searches do not support the '{clause.field}' field.")
        if own.kind in ("text", "paragraph"):
            return self._words(clause, lambda issue: held_text(own, issue))
        if clause.op in ("~", "!~"):
            raise wrong_operator(clause)
        if own.kind == "number":
            return self._compared(clause, "", lambda issue: issue.values.get(id_))
        if own.kind == "date":
            return self._compared(clause, "duedate", lambda issue: _day(issue.values.get(id_), where))
        if clause.op not in _EQUALITY:
            raise wrong_operator(clause)
        ids: dict[str, Callable[[Value], Iterable[str]]] = {
            "select": lambda value: option_ids(own, clause, value),
            "user": lambda value: () if is_empty(value) else operands.people(clause, value),
            "labels": lambda value: () if is_empty(value) else (value.text,),
        }
        return self._among(clause, held_ids(own), ids[own.kind])

    def _sort(self, issues: list[Issue], order: Order) -> None:
        """Issues without a value come last, whichever way the order goes."""
        own = self._own(order.field)
        key = order_key(order.field, self.world) if own is None else own_order(self.world, own)
        with_value = [issue for issue in issues if key(issue) is not None]
        with_value.sort(key=key, reverse=order.descending)  # type: ignore[arg-type]
        issues[:] = [*with_value, *(issue for issue in issues if key(issue) is None)]

    def _key_order(self, clause: Clause) -> Test:
        """Keys compare by their number, within their project."""
        issue = self._operands.issue(clause, clause.values[0])
        limit, project, compare = number_of(issue), issue.project_id, _COMPARE[clause.op]
        return lambda other: other.project_id == project and compare(number_of(other), limit)


def _once(lists: Sequence[Sequence[Issue]]) -> Sequence[Issue]:
    if len(lists) == 1:
        return lists[0]
    return list({issue.id: issue for issue in chain.from_iterable(lists)}.values())


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


def _day(day: str | None, where: tzinfo) -> float | None:
    return None if day is None else instant("duedate", Value(day), 0, where)
