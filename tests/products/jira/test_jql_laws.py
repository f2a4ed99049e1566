"""JQL is read and written back the same, means what a plain reading of it says, with the index or without."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from forgesim.clock import EPOCH_MS
from forgesim.products.clock import Clock
from forgesim.products.jira.jql import (
    PREDICATES,
    And,
    Clause,
    Node,
    Not,
    Or,
    Order,
    Predicate,
    Query,
    Value,
    parse,
    render,
)
from forgesim.products.jira.jql_match import Matcher
from forgesim.products.jira.jql_structure import structure
from forgesim.products.jira.service import Jira
from forgesim.products.jira.world import World
from forgesim.scopes.table import find
from forgesim.site.generate import proof as proof_site
from forgesim.site.jira_history import fields_at
from forgesim.site.jira_model import ISSUE_TYPES, PRIORITIES, STATUSES, Issue
from forgesim.site.model import Site

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=10)
WORD = TEXT.filter(lambda text: bool(text.strip()) and text.strip() == text)
VALUE = st.one_of(
    TEXT.map(lambda text: Value(text, True)),
    WORD.map(Value),
    st.builds(lambda name, given: Value(name, False, tuple(given)), WORD, st.lists(TEXT, max_size=2)),
)
ONE, SOME = VALUE.map(lambda value: (value,)), st.lists(VALUE, min_size=2, max_size=3).map(tuple)
FIELD = WORD.map(str.lower).filter(lambda text: text == text.lower() and text.strip() == text)
TOLD = st.lists(st.builds(Predicate, st.sampled_from(PREDICATES), st.one_of(ONE, SOME)), max_size=3).map(tuple)


def clauses(ops: list[str], values: st.SearchStrategy[Any], told: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.builds(
        lambda f, o, v, p: Clause(field=f, op=o, values=v, predicates=p), FIELD, st.sampled_from(ops), values, told
    )


NONE: st.SearchStrategy[Any] = st.just(())
CLAUSES = st.one_of(
    clauses(["=", "!=", "~", "!~", "<", ">", "<=", ">=", "is", "is not"], ONE, NONE),
    clauses(["in", "not in"], st.one_of(ONE, SOME), NONE),
    clauses(["was", "was not"], ONE, TOLD),
    clauses(["was in", "was not in"], st.one_of(ONE, SOME), TOLD),
    clauses(["changed", "not changed"], NONE, TOLD),
)


def trees(leaf: st.SearchStrategy[Any], leaves: int = 8) -> st.SearchStrategy[Any]:
    def joined(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        parts = st.lists(inner, min_size=2, max_size=3).map(tuple)
        return st.one_of(parts.map(And), parts.map(Or))

    return st.recursive(leaf, joined, max_leaves=leaves)


@given(st.none() | trees(CLAUSES), st.lists(st.builds(Order, FIELD, st.booleans()), max_size=7).map(tuple))
def test_what_is_rendered_is_read_as_the_same(where: Node | None, order: tuple[Order, ...]) -> None:
    query = Query(where=where, order=order)
    assert parse(render(query)) == query


def leaves(shape: dict[str, Any]) -> list[str]:
    """The fields of a structure, in order."""
    inner = shape.get("clauses")
    return [shape["field"]["name"]] if inner is None else [name for each in inner for name in leaves(each)]


def named(node: Node) -> list[str]:
    if isinstance(node, Clause):
        return [node.field]
    return [name for each in ((node.part,) if isinstance(node, Not) else node.parts) for name in named(each)]


@given(st.none() | trees(CLAUSES), st.lists(st.builds(Order, FIELD, st.booleans()), max_size=7).map(tuple))
def test_a_structure_has_every_clause_and_every_order(where: Node | None, order: tuple[Order, ...]) -> None:
    found = structure(render(Query(where=where, order=order)))
    assert leaves(found["where"]) == named(where) if where is not None else "where" not in found
    told = [
        (each["field"]["name"], each["direction"] == "desc") for each in found.get("orderBy", {"fields": []})["fields"]
    ]
    assert told == [tuple(each) for each in order]


# --- a plain reading of the language, written for this test ---


@cache
def site() -> Site:
    return proof_site(1)


@cache
def world() -> World:
    return World(site())


def somebody() -> str:
    return next(user.account_id for user in site().users.values() if user.admin)


def visible() -> list[Issue]:
    return world().issues(somebody())


def day_of(at_ms: int | None) -> str | None:
    return None if at_ms is None else datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m-%d")


CATEGORIES = {"new": "To Do", "indeterminate": "In Progress", "done": "Done"}


def held(issue: Issue, field: str) -> list[str]:
    """What an issue has in a field, by the names that queries use."""
    users, issues = site().users, site().issues
    return {
        "project": [site().projects[issue.project_id].key],
        "status": [STATUSES[issue.status_id].name],
        "statuscategory": [CATEGORIES[STATUSES[issue.status_id].category]],
        "issuetype": [ISSUE_TYPES[issue.type_id].name],
        "priority": [PRIORITIES[issue.priority_id]] if issue.priority_id else [],
        "assignee": [issue.assignee] if issue.assignee in users else [],
        "reporter": [issue.reporter] if issue.reporter in users else [],
        "labels": list(issue.labels),
        "sprint": [str(each) for each in issue.sprints],
        "key": [issue.key],
        "parent": [issues[issue.parent_id].key] if issue.parent_id else [],
    }[field]  # fmt: skip


def means(node: Node, issue: Issue) -> bool:
    match node:
        case And(parts):
            return all(means(part, issue) for part in parts)
        case Or(parts):
            return any(means(part, issue) for part in parts)
        case Not(part):
            return not means(part, issue)
    if node.op in ("was", "was not"):
        name = node.values[0].text
        days = [datetime.fromisoformat(each.values[0].text).replace(tzinfo=UTC) for each in node.predicates]
        return was(issue, name, *(round(day.timestamp() * 1000) for day in days)) == (node.op == "was")
    if node.field in ("created", "resolved"):
        mine, theirs = day_of(issue.created_at if node.field == "created" else issue.resolved_at), node.values[0].text
        return mine is not None and (mine >= theirs if node.op == ">=" else mine < theirs)
    have, wanted = held(issue, node.field), [each.text for each in node.values]
    if node.op in ("is", "is not"):
        return (not have) == (node.op == "is")
    common = any(each in wanted for each in have)
    return common if node.op in ("=", "in") else bool(have) and not common


def was(issue: Issue, name: str, day: int | None = None) -> bool:
    """Whether the issue had the status ever, or on the day that starts at ``day``: asked of every instant at which
    something changes."""
    instants = [issue.created_at, *(change.at for change in issue.changes)]
    if day is not None:
        instants = [day, *(at for at in instants if day <= at < day + 86_400_000)]
    states = [fields_at(issue, at) for at in instants]
    return any(state is not None and STATUSES[str(state["status"])].name == name for state in states)


def queries() -> st.SearchStrategy[Any]:
    issues = visible()
    fields = ("project", "status", "statuscategory", "issuetype", "priority", "assignee", "reporter", "labels",
              "sprint", "key", "parent")  # fmt: skip
    names = {field: sorted({name for issue in issues for name in held(issue, field)}) for field in fields}

    def equal(field: str) -> st.SearchStrategy[Any]:
        def clause(op: str, texts: list[str]) -> Clause:
            kept = texts[:1] if op in ("=", "!=") else texts
            return Clause(field=field, op=op, values=tuple(Value(text, field != "sprint") for text in kept))

        drawn = st.lists(st.sampled_from(names[field]), min_size=1, max_size=3)
        return st.builds(clause, st.sampled_from(["=", "!=", "in", "not in"]), drawn)

    empty = st.builds(
        lambda f, o: Clause(field=f, op=o, values=(Value("EMPTY"),)),
        st.sampled_from(["assignee", "sprint", "labels", "parent"]), st.sampled_from(["is", "is not"]),
    )  # fmt: skip
    start = datetime.fromtimestamp(EPOCH_MS / 1000, UTC)
    days = st.integers(-300, 2).map(lambda n: Value((start + timedelta(days=n)).strftime("%Y-%m-%d")))
    times = st.builds(lambda f, o, day: Clause(field=f, op=o, values=(day,)),
                      st.sampled_from(["created", "resolved"]), st.sampled_from([">=", "<"]), days)  # fmt: skip
    told = st.one_of(st.just(()), days.map(lambda day: (Predicate("on", (day,)),)))
    past = st.builds(lambda o, name, when: Clause(field="status", op=o, values=(Value(name, True),), predicates=when),
                     st.sampled_from(["was", "was not"]), st.sampled_from(names["status"]), told)  # fmt: skip
    return trees(st.one_of(*(equal(field) for field in fields if names[field]), empty, times, past), 5)


@settings(max_examples=150, deadline=None)
@given(st.deferred(queries))
def test_a_query_means_what_a_plain_reading_says_with_the_index_or_without(where: Node) -> None:
    site().users[somebody()].time_zone = "UTC"
    matcher, query = Matcher(world(), somebody(), Clock(EPOCH_MS)), Query(where=where, order=())
    found = [issue.key for issue in matcher.search(query, lambda issue: int(issue.id))]
    assert found == [issue.key for issue in matcher.select(query, visible(), lambda issue: int(issue.id))]
    assert set(found) == {issue.key for issue in visible() if means(where, issue)}


def test_a_query_that_names_a_sprint_looks_at_its_issues_alone() -> None:
    matcher, first = Matcher(world(), somebody(), Clock(EPOCH_MS)), visible()[0]
    sprint = max(world().site.sprints.values(), key=lambda each: sum(each.id in issue.sprints for issue in visible()))
    where = parse(f"(sprint = {sprint.id} or key = {first.key}) and created > -1000d and statusCategory != Done").where
    assert where is not None
    left = matcher.candidates(where)
    assert left is not None
    members = {each.id for each in site().issues.values() if sprint.id in each.sprints}
    assert {each.id for each in left} == members | {first.id}
    assert len(left) == len(members | {first.id})


def test_what_the_index_cannot_tell_is_looked_for_everywhere() -> None:
    where = parse("created > -1d or sprint = EMPTY").where
    assert where is not None
    assert Matcher(world(), somebody(), Clock(EPOCH_MS)).candidates(where) is None


# --- nothing breaks it ---

VALID = ["status was Done BY currentUser() DURING (-3d, now())", "text ~ 'a*' and key in linkedIssues(OPEN-1)",
         "not (sprint in openSprints() or status changed FROM 'To Do' TO Done AFTER startOfMonth(-1M))",
         "timespent > 1d order by created desc, key"]  # fmt: skip


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """A valid query with a piece of it cut, doubled or replaced."""
    text = draw(st.sampled_from(VALID))
    start = draw(st.integers(0, len(text)))
    end = draw(st.integers(start, len(text)))
    return text[:start] + draw(st.one_of(st.just(""), st.text(max_size=4), st.just(text[start:end] * 2))) + text[end:]


def asked(of: Site, jql: str) -> tuple[int, Any]:
    match = find("jira", "GET", "/rest/api/3/search/jql")
    assert match is not None
    got = Jira(of).perform(match.operation, {}, [("jql", jql)], b"", account="712020:alice", now_ms=EPOCH_MS)
    return got.answer.status, json.loads(got.answer.body)


@pytest.fixture
def small(request: pytest.FixtureRequest) -> Site:
    found = request.getfixturevalue("site")
    assert isinstance(found, Site)
    return found


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(mutated())
def test_no_mutated_query_raises(small: Site, jql: str) -> None:
    status, body = asked(small, jql)
    assert set(body) >= {200: {"issues"}, 400: {"errorMessages", "errors"}, 501: {"message"}}[status]


@pytest.mark.parametrize(
    "jql",
    ["!" * 100_000, "'" + "x" * 100_000 + "'", "key = OPEN-1 or " * 1000 + "key = OPEN-2",
     "(" * 59 + "key = OPEN-1" + ")" * 59,
     "created > now(999999y)", "created > startOfYear(-2026y)", "created > -999999w", "created > 0001-01-01",
     "created < '9999-12-31 23:59'", "status changed DURING (0001-01-01, 9999-12-31)", "summary ~ \"\\ud800\"",
     "\ud800 = 1",
     "cf[99999999999999999999] = 1", "sprint = 99999999999999999999", "'Story Points' > 1e999", "'Story Points' = nan",
     "timespent > 999999999999w", "key >= OPEN-9999999999999", "resolution = ''", "'' = 1"],
    ids=range(20),
)  # fmt: skip
def test_a_monster_is_refused_or_answered(small: Site, jql: str) -> None:
    assert asked(small, jql)[0] in (200, 400)
