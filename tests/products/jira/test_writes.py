"""What an app writes to Jira is there afterwards, and in the history."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from forgesim.clock import EPOCH_MS
from forgesim.products.jira.routes import ROUTES
from forgesim.products.jira.service import Jira
from forgesim.scopes.table import Operation, operations
from forgesim.site.facts import access_lists, clone, digest, parents, scan_index
from forgesim.site.jira_history import fields_at, fields_now
from forgesim.site.jira_model import DONE, SPRINT_FIELD, STORY_POINTS_FIELD
from forgesim.site.model import Site

Ask = Callable[..., Any]
A3, AG = "/rest/api/3", "/rest/agile/1.0"


def doc(text: str) -> dict[str, Any]:
    return {
        "type": "doc",
        "version": 1,
        "content": [{"type": "paragraph", "content": [{"type": "text", "text": text}]}],
    }


def test_a_created_issue_is_there(ask: Ask, site: Site) -> None:
    fields = {
        "project": {"key": "OPEN"}, "summary": "Made", "issuetype": {"name": "Task"}, "description": doc("words"),
        "assignee": {"accountId": "712020:bob"}, "priority": {"id": "1"}, "labels": ["a", "a"],
        "parent": {"key": "OPEN-6"}, "duedate": "2026-03-01", STORY_POINTS_FIELD: 8, SPRINT_FIELD: 2,
    }  # fmt: skip
    made = ask("POST", f"{A3}/issue", {"fields": fields}, by="bob")
    assert (made.status, made.json["key"]) == (201, "OPEN-7")
    shown = ask("GET", f"{A3}/issue/OPEN-7").json["fields"]
    assert shown["description"] == doc("words")
    assert (shown["creator"]["displayName"], shown["priority"]["name"], shown["labels"]) == ("Bob", "Highest", ["a"])
    assert (shown[STORY_POINTS_FIELD], shown[SPRINT_FIELD][0]["id"], shown["parent"]["key"]) == (8.0, 2, "OPEN-6")
    assert ask("GET", f"{A3}/issue/OPEN-7/changelog").json["total"] == 0
    assert ("issue", made.json["id"], "description", "words") in scan_index(site).texts


def test_a_priority_that_was_missing_is_set(ask: Ask) -> None:
    assert ask("PUT", f"{A3}/issue/OPEN-6", {"fields": {"priority": {"name": "Low"}}}).status == 204
    (change,) = ask("GET", f"{A3}/issue/OPEN-6/changelog").json["values"]
    (item,) = change["items"]
    assert (item["field"], item["from"], item["fromString"], item["toString"]) == ("priority", None, None, "Low")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"summary": ""}, "summary"),
        ({"summary": "two\nlines"}, "summary"),
        ({"issuetype": {"name": "Wish"}}, "issuetype"),
        ({"project": {"key": "NONE"}}, "project"),
        ({"project": None}, "project"),
        ({"priority": {"id": "9"}}, "priority"),
        ({"assignee": {"accountId": "712020:gone"}}, "assignee"),
        ({"labels": ["two words"]}, "labels"),
        ({"labels": "one"}, "labels"),
        ({"description": "plain"}, "description"),
        ({"duedate": "2026-02-30"}, "duedate"),
        ({"parent": {"key": "SEC-1"}}, "parent"),
        ({"parent": {"key": "OPEN-1"}}, "parent"),
        ({"issuetype": {"name": "Sub-task"}}, "parent"),
        ({STORY_POINTS_FIELD: "8"}, STORY_POINTS_FIELD),
        ({SPRINT_FIELD: 1}, SPRINT_FIELD),
        ({SPRINT_FIELD: 99}, SPRINT_FIELD),
        ({"customfield_1": 1}, "customfield_1"),
        ({"status": {"id": DONE}}, "status"),
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_made(ask: Ask, site: Site, change: dict[str, Any], field: str) -> None:
    fields = {"project": {"id": "10"}, "summary": "Made", "issuetype": {"id": "10002"}} | change
    count = len(site.issues)
    got = ask("POST", f"{A3}/issue", {"fields": fields})
    assert (got.status, list(got.json["errors"])) == (400, [field])
    assert len(site.issues) == count


def test_an_edit_is_one_entry_of_history(ask: Ask) -> None:
    body = {
        "fields": {"summary": "Other", STORY_POINTS_FIELD: 13},
        "update": {"labels": [{"add": "new"}, {"remove": "red"}]},
    }
    assert ask("PUT", f"{A3}/issue/OPEN-3", body, now_ms=EPOCH_MS + 5000).status == 204
    (entry,) = ask("GET", f"{A3}/issue/OPEN-3/changelog").json["values"]
    told = {item["field"]: (item["fromString"], item["toString"]) for item in entry["items"]}
    assert told == {
        "summary": ("Summary OPEN-3", "Other"), "Story Points": (None, "13"), "labels": ("red blue", "blue new"),
    }  # fmt: skip
    assert ask("PUT", f"{A3}/issue/OPEN-3", {"fields": {"summary": "Other"}}).status == 204
    assert ask("GET", f"{A3}/issue/OPEN-3/changelog").json["total"] == 1
    assert ask("PUT", f"{A3}/issue/OPEN-3?returnIssue=true", {"fields": {"summary": "X"}}).json["key"] == "OPEN-3"


def test_a_transition_is_a_real_change(ask: Ask, site: Site) -> None:
    steps = {each["name"]: each["id"] for each in ask("GET", f"{A3}/issue/OPEN-3/transitions").json["transitions"]}
    assert ask("POST", f"{A3}/issue/OPEN-3/transitions", {"transition": {"id": steps["Done"]}}).status == 204
    assert ask("GET", f"{A3}/issue/OPEN-3?fields=resolution").json["fields"]["resolution"]["name"] == "Done"
    assert site.issues["1003"].resolved_at == EPOCH_MS
    ask("POST", f"{A3}/issue/OPEN-3/transitions", {"transition": {"id": steps["To Do"]}}, now_ms=EPOCH_MS + 1)
    assert site.issues["1003"].resolution_id is None
    assert ask("GET", f"{A3}/issue/OPEN-3/changelog").json["total"] == 2
    assert ask("POST", f"{A3}/issue/OPEN-3/transitions", {"transition": {"id": "7"}}).status == 400
    assert ask("POST", f"{A3}/issue/OPEN-3/transitions", {}).status == 400


def test_moving_between_sprints_keeps_the_closed_ones(ask: Ask, site: Site) -> None:
    assert ask("POST", f"{AG}/sprint/3/issue", {"issues": ["OPEN-2"]}).status == 204
    assert list(site.issues["1002"].sprints) == [1, 3]
    assert ask("POST", f"{AG}/backlog/issue", {"issues": ["1002"]}).status == 204
    assert list(site.issues["1002"].sprints) == [1]
    assert ask("POST", f"{AG}/sprint/1/issue", {"issues": ["OPEN-3"]}).status == 400
    assert ask("POST", f"{AG}/sprint/3/issue", {"issues": ["OPEN-3"] * 51}).status == 400
    moves = [each["items"][0]["to"] for each in ask("GET", f"{A3}/issue/OPEN-2/changelog").json["values"][3:]]
    assert moves == ["1, 3", "1"]


def test_a_sprint_lives_from_future_to_closed(ask: Ask) -> None:
    made = ask("POST", f"{AG}/sprint", {"name": "New", "originBoardId": 1, "goal": "g"}).json
    path = f"{AG}/sprint/{made['id']}"
    assert made["state"] == "future"
    assert ask("POST", path, {"state": "closed"}).status == 400
    assert ask("POST", path, {"state": "active"}).status == 400
    dates = {"startDate": "2026-01-05T09:00:00.000+0000", "endDate": "2026-01-19T09:00:00.000Z"}
    assert ask("POST", path, {"state": "active", **dates}).json["startDate"] == "2026-01-05T09:00:00.000Z"
    closed = ask("POST", path, {"state": "closed"}, now_ms=EPOCH_MS + 1000).json
    assert closed["completeDate"] == "2026-01-05T09:00:01.000Z"
    assert ask("POST", path, {"state": "active"}).status == 400
    assert ask("PUT", path, {"state": "closed", "name": "Renamed"}).json["goal"] == ""
    assert ask("POST", f"{AG}/sprint", {"name": "x", "originBoardId": 3}).status == 400


def test_a_deleted_sprint_leaves_its_issues_and_its_trace(ask: Ask, site: Site) -> None:
    assert ask("DELETE", f"{AG}/sprint/2").status == 204
    assert site.issues["1002"].sprints == (1,)
    last = ask("GET", f"{A3}/issue/OPEN-2/changelog").json["values"][-1]["items"][0]
    assert (last["from"], last["fromString"], last["to"]) == ("1, 2", "One, 2", "1")


def test_a_deleted_epic_lets_its_issues_go(ask: Ask, site: Site) -> None:
    assert ask("DELETE", f"{A3}/issue/OPEN-6").status == 204
    assert ask("GET", f"{A3}/issue/OPEN-6").status == 404
    assert site.issues["1002"].parent_id is None


def test_comments_come_and_go(ask: Ask) -> None:
    made = ask("POST", f"{A3}/issue/OPEN-5/comment", {"body": doc("hello")}, by="alice")
    assert (made.status, made.json["body"]) == (201, doc("hello"))
    page = ask("GET", f"{A3}/issue/OPEN-5/comment?orderBy=-created").json
    assert (page["total"], page["comments"][0]["id"]) == (2, made.json["id"])
    assert ask("POST", f"{A3}/issue/OPEN-5/comment", {"body": "hello"}).status == 400


EMULATED = [each for each in operations() if each.name in ROUTES]
IDS = st.sampled_from(
    [
        "911",
        "912",
        "921",
        "931",
        "941",
        "71",
        "73",
        "81",
        "my.key",
        "10",
        "OPEN",
        "SEC",
        "1002",
        "OPEN-3",
        "SEC-1",
        "1",
        "2",
        "3",
        "4",
        "901",
        "99",
        "x",
        "",
    ]
)
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(-2, 300), st.floats(), st.text(max_size=4), IDS)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "key", "name", "set"]), inner),
    max_leaves=5,
)
FIELDS = st.dictionaries(
    st.sampled_from(["project", "summary", "issuetype", "labels", "parent", "duedate", "description", "assignee",
                     STORY_POINTS_FIELD, SPRINT_FIELD, "environment", "components", "fixVersions", "versions",
                     "security", "timetracking", "customfield_10021", "customfield_10100", "customfield_10101"]),
    VALUES | st.sampled_from([{"key": "OPEN"}, {"name": "Task"}, "text", ["a"], doc("d"), 3, 2]),
)  # fmt: skip
BODIES = st.fixed_dictionaries(
    {},
    optional={
        "fields": FIELDS | VALUES, "update": VALUES,
        "transition": st.sampled_from([{"id": "41"}, {"id": "11"}]) | VALUES,
        "body": st.just(doc("x")) | VALUES, "issues": st.lists(IDS, max_size=3) | VALUES, "jql": st.text(max_size=5),
        "issueIdsOrKeys": st.lists(IDS, max_size=3) | VALUES, "name": SCALARS, "originBoardId": SCALARS,
        "goal": SCALARS,
        "state": st.sampled_from(["future", "active", "closed"]) | SCALARS, "startDate": SCALARS, "endDate": SCALARS,
        "timeSpent": st.sampled_from(["1h", "2d"]) | SCALARS, "comment": st.just(doc("x")) | SCALARS,
        "accountId": SCALARS,
        "visibility": VALUES, "properties": VALUES, "ids": VALUES, "type": st.just({"id": "10000"}) | VALUES,
        "inwardIssue": st.fixed_dictionaries({"key": IDS}) | VALUES, "project": SCALARS, "projectId": SCALARS,
        "outwardIssue": st.fixed_dictionaries({"key": IDS}) | VALUES, "rankBeforeIssue": IDS, "rankAfterIssue": IDS,
        "object": st.just({"url": "https://a.example.org", "title": "t"}) | VALUES, "done": SCALARS, "color": VALUES,
        "summary": SCALARS, "description": VALUES, "released": SCALARS, "releaseDate": SCALARS,
        "permissions": VALUES, "projectPermissions": VALUES, "issueUpdates": VALUES, "changelogIds": VALUES,
        "value": SCALARS, "maxResults": SCALARS, "nextPageToken": SCALARS, "expand": VALUES, "fieldIds": VALUES,
    },
)  # fmt: skip
QUERY = st.tuples(
    st.sampled_from(["startAt", "maxResults", "fields", "expand", "orderBy", "state", "boardId", "jql", "permissions"]),
    st.sampled_from(["1", "0", "-1", "changelog", "*all", "-summary", "name", "active", "sprint = 2", "é", ""]),
)


def test_every_route_is_a_documented_operation() -> None:
    assert {each.name for each in EMULATED} == set(ROUTES)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    operation=st.sampled_from(EMULATED),
    ids=st.lists(IDS, min_size=3, max_size=3),
    query=st.lists(QUERY, max_size=3),
    body=BODIES | VALUES,
    account=st.sampled_from(["712020:alice", "712020:bob", None]),
)
def test_no_input_raises_or_breaks_a_history(
    site: Site, operation: Operation, ids: list[str], query: list[tuple[str, str]], body: object, account: str | None
) -> None:
    names = [part[1:-1] for part in operation.path.split("/") if part.startswith("{")]
    params = dict(zip(names, ids, strict=False))
    raw = json.dumps(body).encode()
    got = Jira(site).perform(operation, params, query, raw, account=account, now_ms=EPOCH_MS)
    assert got.answer.status in (200, 201, 204, 207, 400, 403, 404, 501)
    assert (got.answer.status == 501) == (got.unsupported is not None)
    assert got.answer.status < 400 or got.reads == ()
    allowed = {*access_lists(site).get(account or "", ()), *(f"user/{each}" for each in site.users)}
    assert set(got.reads) <= allowed
    for issue in site.issues.values():
        assert fields_at(issue, EPOCH_MS) == fields_now(issue)
        before = dict(fields_now(issue))
        for item in (item for change in reversed(issue.changes) for item in reversed(change.items)):
            assert before.get(item.field) == item.new
            before[item.field] = item.old
    assert digest(clone(site)) == digest(site)
    assert set(parents(site)) >= {f"issue/{each}" for each in site.issues}


@pytest.mark.parametrize("raw", [b"", b"{", b"\xff", b'"\\ud800"', b"[" * 5000, b"[]"])
def test_a_body_that_is_no_object_is_a_400(site: Site, raw: bytes) -> None:
    create = next(each for each in EMULATED if each.name == "POST /rest/api/3/issue")
    assert Jira(site).perform(create, {}, [], raw, account="712020:alice", now_ms=EPOCH_MS).answer.status == 400
