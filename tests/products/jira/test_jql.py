"""JQL means what it says, and whatever it says, the answer is a page, a 400 or a 501 with a name."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from forgesim.clock import EPOCH_MS
from forgesim.products.jira.service import Jira
from forgesim.scopes.table import find
from forgesim.site.model import Site

Ask = Callable[..., Any]
PATH = "/rest/api/3/search/jql"


def search(ask: Ask, jql: str, by: str = "alice") -> Any:
    return ask("POST", PATH, {"jql": jql, "fields": ["key"], "maxResults": 100}, by=by)


def numbers(found: Any) -> list[int]:
    assert found.status == 200, found.json
    return sorted(int(key.removeprefix("OPEN-")) for key in found.keys if key.startswith("OPEN-"))


MEANS = [
    ("project = OPEN", [1, 2, 3, 4, 5, 6]),
    ("project = 'Open work' and status = Done", [1]),
    ("project in (OPEN, SEC) AND statusCategory != Done AND type = Epic", [6]),
    ("sprint = 1", [1, 2]),
    ("sprint = Two", [2, 3]),
    ("sprint in openSprints() and project = OPEN", [2, 3]),
    ("sprint in (One, 3)", [1, 2, 4]),
    ("sprint in futureSprints()", [4]),
    ("sprint is EMPTY", [5, 6]),
    ("sprint not in closedSprints() and project = OPEN", [3, 4]),
    ("cf[10020] = 3", [4]),
    ("assignee = currentUser()", []),
    ("assignee = '712020:bob'", [1, 2]),
    ("assignee is not null", [1, 2]),
    ("assignee != '712020:dan'", [1, 2]),
    ("project = OPEN and assignee = empty", [3, 4, 5, 6]),
    ("resolution = Unresolved and project = OPEN", [2, 3, 4, 5, 6]),
    ("resolution in (Unresolved, 'Won\\'t Do') and sprint = 1", [2]),
    ("resolution != Unresolved", [1]),
    ("project = OPEN and resolution is empty", [2, 3, 4, 5, 6]),
    ("issuetype in (Bug, Epic)", [5, 6]),
    ("priority = Highest", [4]),
    ("priority is EMPTY", [6]),
    ("priority in (Highest, EMPTY)", [4, 6]),
    ("priority != Highest and project = OPEN", [1, 2, 3, 5]),
    ("project = OPEN and priority is not EMPTY", [1, 2, 3, 4, 5]),
    ("labels = red", [3]),
    ("labels in (green, blue)", [3]),
    ("parent = OPEN-6", [2]),
    ("key = open-3", [3]),
    ("key in (OPEN-1, OPEN-5)", [1, 5]),
    ("key >= OPEN-4 and key < OPEN-6", [4, 5]),
    ("'Story Points' >= 3", [1, 2]),
    ('"Story Points" in (0.5, 5)', [2, 4]),
    ('"Story Points" is EMPTY and project = OPEN', [3, 5, 6]),
    ("created >= -16d and project = OPEN", [4, 5, 6]),
    ("created < '2025-12-19' and project = OPEN", [1, 2]),
    ("created > startOfYear() or resolved < now()", [1]),
    ("due = 2026-02-01", [5]),
    ("due > '2026/01/31' or due < -1w", [5]),
    ("NOT (project = SEC or sprint in (1, 2))", [4]),
    ("not (assignee = '712020:bob' and sprint = 2) and sprint = 1", [1]),
    ("project = OPEN AND (status = Done OR status = 'In Progress') AND !(key = OPEN-1)", [2]),
    ("project = OPEN && (key = OPEN-1 || key = OPEN-2)", [1, 2]),
    ("PROJECT = open aNd KEY IN (OPEN-1)", [1]),
]


@pytest.mark.parametrize(("jql", "found"), MEANS, ids=[each[0] for each in MEANS])
def test_a_query_means(ask: Ask, jql: str, found: list[int]) -> None:
    assert numbers(search(ask, jql)) == found


@pytest.mark.parametrize(
    ("order", "found"),
    [
        ("", ["OPEN-6", "OPEN-5", "OPEN-4", "OPEN-3", "OPEN-2", "OPEN-1"]),
        ("order by created", ["OPEN-1", "OPEN-2", "OPEN-3", "OPEN-4", "OPEN-5", "OPEN-6"]),
        ("order by 'Story Points' desc, key", ["OPEN-2", "OPEN-1", "OPEN-4", "OPEN-3", "OPEN-5", "OPEN-6"]),
        ("order by 'Story Points' asc, key desc", ["OPEN-4", "OPEN-1", "OPEN-2", "OPEN-6", "OPEN-5", "OPEN-3"]),
        ("order by priority desc, rank", ["OPEN-4", "OPEN-1", "OPEN-2", "OPEN-3", "OPEN-5", "OPEN-6"]),
        ("order by priority, rank", ["OPEN-1", "OPEN-2", "OPEN-3", "OPEN-5", "OPEN-4", "OPEN-6"]),
    ],
)
def test_an_order_orders(ask: Ask, order: str, found: list[str]) -> None:
    assert search(ask, f"project = OPEN {order}").keys == found


REFUSED = [
    ("", "Unbounded JQL"),
    ("order by created", "Unbounded JQL"),
    ("project =", "Expecting a value before the end"),
    ("project OPEN", "Expecting an operator"),
    ("= OPEN", "Expecting the name of a field but got '='"),
    ("(project = OPEN", "Expecting ')'"),
    ("project = OPEN)", "Expecting end of the query but got ')'"),
    ("project = OPEN status = Done", "Expecting end of the query but got 'status'"),
    ("project = 'OPEN", "not expected here"),
    ("project in OPEN", "a list in parentheses"),
    ("nonsense = 1", "Field 'nonsense' does not exist"),
    ("project = NOPE", "The value 'NOPE' does not exist for the field 'project'"),
    ("status = Sleeping", "The value 'Sleeping' does not exist for the field 'status'"),
    ("sprint = Hidden2", "Sprint with name 'Hidden2' does not exist"),
    ("key = OPEN-99", "An issue with key 'OPEN-99' does not exist"),
    ("status > Done", "The operator '>' is not supported by the 'status' field"),
    ("created in (now())", "The operator 'in' is not supported"),
    ("created > yesterday", "Date value 'yesterday'"),
    ("created > '2025-13-45'", "Date value '2025-13-45'"),
    ("'Story Points' > many", "Provide a valid number"),
    ("filter = 1", "The value '1' does not exist for the field 'filter'"),
    ("assignee is bob", "takes EMPTY or NULL"),
    ("project = OPEN order by nonsense", "Field 'nonsense' does not exist"),
    ("project = OPEN order by a, b, c, d, e, f, g, h", "at most 7"),
]


@pytest.mark.parametrize(("jql", "says"), REFUSED, ids=[each[0] or "empty" for each in REFUSED])
def test_a_wrong_query_is_a_400_in_the_documented_shape(ask: Ask, jql: str, says: str) -> None:
    got = search(ask, jql)
    assert (got.status, set(got.json), got.json["errors"]) == (400, {"errorMessages", "errors"}, {})
    assert says in got.json["errorMessages"][0]


@pytest.mark.parametrize("jql", ["project = SEC", "key = SEC-1", "sprint = Hidden", "sprint = 4", "parent = SEC-1"])
def test_what_is_hidden_is_as_unknown_as_what_is_not_there(ask: Ask, jql: str) -> None:
    assert search(ask, jql, by="bob").status == 400
    assert search(ask, jql, by="alice").status == 200


@pytest.mark.parametrize(
    ("jql", "names"),
    [
        ("summary ~ '(word)'", "JQL text search with groups, ranges or a boost"),
        ("issue.property[a].b = 1", "JQL field issue.property[a].b"),
        ("key in issueHistory()", "JQL function issueHistory()"),
        ("fixVersion = latestReleasedVersion()", "JQL function latestReleasedVersion()"),
        ("created > lastLogin()", "JQL function lastLogin()"),
        ("project = OPEN order by labels", "JQL order by labels"),
    ],
)
def test_what_is_not_emulated_is_named(ask: Ask, jql: str, names: str) -> None:
    got = search(ask, jql)
    assert got.status == 501
    assert got.unsupported.startswith(names)


def test_dates_are_meant_in_the_callers_time_zone(ask: Ask, site: Site) -> None:
    site.issues["1001"].created_at = 1_764_500_400_000  # 2025-11-30T11:00Z, 1 December in Auckland
    site.users["712020:alice"].time_zone = "Pacific/Auckland"
    assert numbers(search(ask, "created >= 2025-12-01 and key = OPEN-1", by="alice")) == [1]
    assert numbers(search(ask, "created >= 2025-12-01 and key = OPEN-1", by="bob")) == []


WORDS = st.sampled_from(
    ["project", "sprint", "status", "key", "created", "assignee", "due", "labels", "parent", "=", "!=", "<", ">=", "in",
     "not", "is", "empty", "(", ")", ",", "and", "or", "order", "by", "desc", "OPEN", "OPEN-2", "SEC-1", "2", "Done",
     "-3d", "2026-01-01", "now()", "openSprints()", "currentUser()", "was", "~", "'Story Points'", "\\", '"', "é", "!"]
)  # fmt: skip
WELL_FORMED = st.recursive(
    st.sampled_from(
        [each[0] for each in MEANS[:33]] + ["created > -3d", "labels not in (red)", "resolved is not empty"]
    ),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(lambda p: f"({p[0]} {p[1]} {p[2]})"),
        inner.map(lambda text: f"not ({text})"),
    ),
    max_leaves=6,
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(st.lists(WORDS, max_size=12).map(" ".join), st.text(max_size=30), WELL_FORMED))
def test_no_query_raises(site: Site, jql: str) -> None:
    match = find("jira", "POST", PATH)
    assert match is not None
    body = json.dumps({"jql": jql}).encode()
    got = Jira(site).perform(match.operation, {}, [], body, account="712020:alice", now_ms=EPOCH_MS)
    assert got.answer.status in (200, 400, 501)
    assert (got.answer.status == 501) == (got.unsupported is not None)
    assert set(json.loads(got.answer.body)) >= {
        200: {"issues", "isLast"}, 400: {"errorMessages", "errors"}, 501: {"message"},
    }[got.answer.status]  # fmt: skip


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(WELL_FORMED, WELL_FORMED)
def test_boolean_operators_are_set_operations(ask: Ask, one: str, other: str) -> None:
    a, b = set(search(ask, one).keys), set(search(ask, other).keys)
    assert set(search(ask, f"({one}) and ({other})").keys) == a & b
    assert set(search(ask, f"({one}) or ({other})").keys) == a | b
    assert not set(search(ask, f"not ({one})").keys) & a
    assert set(search(ask, f"not (not ({one}))").keys) == a


def test_a_very_deep_or_long_query_is_refused(ask: Ask) -> None:
    assert search(ask, "(" * 5000 + "key = OPEN-1").status == 400
    assert search(ask, "not " * 5000 + "key = OPEN-1").status == 400
    assert search(ask, "project = OPEN and " * 2000 + "key = OPEN-1").status == 400
