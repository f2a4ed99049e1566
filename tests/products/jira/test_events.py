"""What a write to Jira tells triggers: which events, in which order, with which words."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from tests.products.jira.test_writes import doc

from forgesim.clock import EPOCH_MS
from forgesim.products.jira.events import RAISES, sample
from forgesim.products.jira.routes import ROUTES
from forgesim.products.jira.world import World
from forgesim.scopes.table import operations
from forgesim.site.jira_model import SPRINT_FIELD
from forgesim.site.model import Site

Ask = Callable[..., Any]
A3, AG = "/rest/api/3", "/rest/agile/1.0"
ALICE, BOB = "712020:alice", "712020:bob"
NEW = {"project": {"key": "OPEN"}, "summary": "Made", "issuetype": {"name": "Task"}}
LINK = {"type": {"name": "Blocks"}, "inwardIssue": {"key": "OPEN-1"}, "outwardIssue": {"key": "OPEN-2"}}


def calls(*accounts: str) -> dict[str, Any]:
    """A document that mentions people."""
    found = doc("please look")
    found["content"][0]["content"] += [{"type": "mention", "attrs": {"id": each}} for each in accounts]
    return found


def sprint(state: str, **changes: Any) -> dict[str, Any]:
    fields = {"name": "Three", "state": state, "startDate": "2026-01-05", "endDate": "2026-01-19"}
    return fields | changes


WRITES = [
    ("POST", f"{A3}/issue", {"fields": NEW}, ["created:issue"]),
    ("POST", f"{A3}/issue", {"fields": NEW | {"description": calls(BOB)}}, ["created:issue", "mentioned:issue"]),
    ("POST", f"{A3}/issue", {"fields": {}}, []),
    ("PUT", f"{A3}/issue/OPEN-3", {"fields": {"summary": "Other"}}, ["updated:issue"]),
    ("PUT", f"{A3}/issue/OPEN-3", {"fields": {"summary": "Summary OPEN-3"}}, []),
    ("PUT", f"{A3}/issue/OPEN-3", {"fields": {"assignee": {"accountId": BOB}}}, ["updated:issue", "assigned:issue"]),
    ("PUT", f"{A3}/issue/OPEN-3", {"fields": {"description": calls(ALICE, BOB)}}, ["updated:issue", "mentioned:issue"]),
    ("PUT", f"{A3}/issue/OPEN-3", {"fields": {"description": calls(ALICE)}}, ["updated:issue"]),
    ("DELETE", f"{A3}/issue/OPEN-6", None, ["deleted:issue"]),
    ("POST", f"{A3}/issue/OPEN-3/transitions", {"transition": {"id": "41"}}, ["updated:issue"]),
    ("POST", f"{A3}/issue/OPEN-3/comment", {"body": doc("w")}, ["commented:issue"]),
    ("POST", f"{A3}/issue/OPEN-3/comment", {"body": calls(BOB)}, ["commented:issue", "mentioned:comment"]),
    ("PUT", f"{A3}/issue/OPEN-5/comment/901", {"body": doc("w")}, ["commented:issue"]),
    ("DELETE", f"{A3}/issue/OPEN-5/comment/901", None, ["deleted:comment"]),
    ("PUT", f"{AG}/issue/OPEN-3/estimation?boardId=1", {"value": "5"}, ["updated:issue"]),
    ("POST", f"{AG}/backlog/issue", {"issues": ["OPEN-3", "OPEN-5"]}, ["updated:issue"]),
    ("POST", f"{AG}/sprint/3/issue", {"issues": ["OPEN-3", "OPEN-5"]}, ["updated:issue", "updated:issue"]),
    ("POST", f"{AG}/sprint", {"name": "Four", "originBoardId": 1}, ["created:sprint"]),
    ("POST", f"{AG}/sprint/3", {"name": "3"}, ["updated:sprint"]),
    ("POST", f"{AG}/sprint/3", {"name": "Three"}, []),
    ("PUT", f"{AG}/sprint/3", sprint("active"), ["started:sprint"]),
    ("PUT", f"{AG}/sprint/2", sprint("closed"), ["closed:sprint"]),
    ("PUT", f"{AG}/sprint/1", {"name": "1", "state": "closed"}, ["updated:sprint"]),
    ("DELETE", f"{AG}/sprint/2", None, ["deleted:sprint"]),
    ("GET", f"{A3}/issue/OPEN-3", None, []),
    ("PUT", f"{A3}/issue/OPEN-3/assignee", {"accountId": BOB}, ["updated:issue", "assigned:issue"]),
    ("POST", f"{A3}/issue/bulk", {"issueUpdates": [{"fields": NEW}, {"fields": NEW}]}, ["created:issue"] * 2),
    ("POST", f"{A3}/issue/OPEN-3/worklog", {"timeSpent": "1h"}, ["updated:issue", "created:worklog"]),
    ("PUT", f"{A3}/issue/OPEN-4/worklog/912", {"comment": doc("w")}, ["updated:worklog"]),
    ("DELETE", f"{A3}/issue/OPEN-4/worklog/912", None, ["updated:issue", "deleted:worklog"]),
    ("POST", f"{A3}/issueLink", LINK, ["created:issuelink"]),
    ("DELETE", f"{A3}/issueLink/931", None, ["deleted:issuelink"]),
    ("DELETE", f"{A3}/attachment/921", None, ["deleted:attachment"]),
    ("POST", f"{AG}/backlog/1/issue", {"issues": ["OPEN-3"]}, ["updated:issue"]),
    ("POST", f"{AG}/board/1/issue", {"issues": ["OPEN-5"]}, ["updated:issue"]),
    ("POST", f"{AG}/epic/OPEN-6", {"summary": "Other"}, ["updated:issue"]),
    ("POST", f"{AG}/epic/OPEN-6/issue", {"issues": ["OPEN-3", "OPEN-2"]}, ["updated:issue"]),
    ("POST", f"{AG}/epic/none/issue", {"issues": ["OPEN-2"]}, ["updated:issue"]),
    ("DELETE", f"{AG}/board/1", None, ["deleted:board"]),
    ("DELETE", f"{A3}/component/71", None, ["updated:issue"]),
    ("DELETE", f"{A3}/version/73", None, ["updated:issue"]),
    ("DELETE", f"{A3}/issue/OPEN-4/votes", None, []),
    ("PUT", f"{AG}/issue/rank", {"issues": ["OPEN-3"], "rankBeforeIssue": "OPEN-1"}, []),
]
SILENT = (
    "/properties/{propertyKey}", "/remotelink", "/remotelink/{linkId}", "/votes", "/watchers", "/rank",
    "POST /rest/api/3/component", "PUT /rest/api/3/component/{id}", "POST /rest/api/3/version",
    "PUT /rest/api/3/version/{id}", "/filter", "/filter/{id}", "/favourite",
)  # fmt: skip
"""How the names of the writes end that Forge documents no event of."""


@pytest.mark.parametrize(("method", "path", "body", "events"), WRITES)
def test_a_write_raises_its_events(ask: Ask, method: str, path: str, body: Any, events: list[str]) -> None:
    assert ask(method, path, body).events == events


def test_every_write_has_its_events_and_the_table_is_what_is_raised() -> None:
    writes = {each.name for each in operations() if each.writes and each.name in ROUTES}
    assert {each for each in writes if not each.endswith(SILENT)} == set(RAISES)
    listed = {name.split(":", 2)[2] for names in RAISES.values() for name in names}
    assert listed == {*(name for *_, events in WRITES for name in events), "created:attachment", "created:board"}


def test_an_update_says_what_changed_from_what_to_what(ask: Ask) -> None:
    asked = {"fields": {"assignee": {"accountId": ALICE}, SPRINT_FIELD: 3}}
    updated, assigned = (each.payload for each in ask("PUT", f"{A3}/issue/OPEN-2", asked, by="bob").happened)
    items = {item["fieldId"]: (item["from"], item["to"]) for item in updated["changelog"]["items"]}
    assert items == {"assignee": (BOB, ALICE), SPRINT_FIELD: ("1, 2", "1, 3")}
    assert updated["associatedUsers"] == [{"accountId": BOB}, {"accountId": ALICE}]
    assert (updated["atlassianId"], updated["timestamp"]) == (BOB, str(EPOCH_MS))
    assert assigned["issue"]["fields"]["assignee"] == {"accountId": ALICE}


@pytest.mark.parametrize(("transition", "kind"), [("41", "issue_resolved"), ("21", "issue_generic")])
def test_a_transition_says_its_statuses_and_whether_it_resolves(ask: Ask, transition: str, kind: str) -> None:
    (told,) = ask("POST", f"{A3}/issue/OPEN-3/transitions", {"transition": {"id": transition}}).happened
    assert told.payload["jiraEventTypeName"] == kind
    assert [each["name"] for each in told.payload["associatedStatuses"]][1] == "To Do"


def test_a_comment_is_told_of_with_its_words_and_nobodys_name(ask: Ask) -> None:
    told = ask("POST", f"{A3}/issue/OPEN-3/comment", {"body": calls(BOB)}, by="bob").happened
    assert told[0].payload["comment"]["body"] == calls(BOB)
    assert told[0].payload["comment"]["author"] == {"accountId": BOB}
    assert told[1].payload["mentionedAccountIds"] == [BOB]
    assert not any(name in json.dumps([each.payload for each in told]) for name in ("Alice", "Bob", "@example.org"))


def test_a_sprint_says_what_it_was(ask: Ask) -> None:
    (told,) = ask("PUT", f"{AG}/sprint/3", sprint("active", name="3")).happened
    assert told.payload["oldValue"] == {"name": "Three", "state": "future", "startDate": None, "endDate": None}
    assert (told.payload["sprint"]["state"], "completeDate" in told.payload["sprint"]) == ("active", False)


@pytest.mark.parametrize(
    "name",
    sorted(
        {name for names in RAISES.values() for name in names}
        - {"avi:jira:created:attachment", "avi:jira-software:created:board"}
    ),
)
def test_a_sample_looks_as_the_event_does(ask: Ask, site: Site, name: str) -> None:
    site.variables |= {"issue": "OPEN-2", "sprint": "2", "board": "1"}
    found = sample(World(site), name, EPOCH_MS)
    row = next(each for each in WRITES if name.split(":", 2)[2] in each[3])
    real = next(each for each in ask(*row[:3]).happened if each.name == name)
    assert found is not None
    optional = {"oldValue", "associatedStatuses", "jiraEventTypeName", "atlassianId"}
    assert found.payload.keys() - optional == real.payload.keys() - optional


def test_of_what_is_not_raised_and_of_an_empty_site_there_is_no_sample(site: Site) -> None:
    assert sample(World(site), "avi:jira:viewed:issue", EPOCH_MS) is None
    assert sample(World(site), "avi:jira:updated:issue", EPOCH_MS) is None
