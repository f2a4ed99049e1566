"""When schedules are due, who gets an event, and what a web trigger's URL and answer look like."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, strategies as st

from forgesim.platform.schedule.limits import FIRST_MS, INTERVAL_MS, MOST_RUNS
from forgesim.platform.schedule.rules import due
from forgesim.platform.trigger.limits import DOCUMENTED, MAX_EVENT_BYTES, SCOPES
from forgesim.platform.trigger.rules import (
    AppEventError,
    Listener,
    listeners,
    may_receive,
    opening,
    published,
    takes,
)
from forgesim.platform.trigger.service import Raised, TriggerService
from forgesim.platform.webtrigger.rules import operation, reply, request, url_of
from forgesim.platform.webtrigger.service import WebTriggers, asked_for

SUMMARY, WRITE = "read:confluence-content.summary", "write:confluence-content"


@given(
    installed=st.integers(0, 10**13),
    interval=st.sampled_from(list(INTERVAL_MS.values())),
    after=st.integers(0, 10**9),
    gaps=st.lists(st.integers(0, 10**8), max_size=5),
)
def test_a_schedule_is_due_once_at_each_of_its_times_however_time_is_cut(
    installed: int, interval: int, after: int, gaps: list[int]
) -> None:
    cuts = [installed + after]
    for gap in gaps:
        cuts.append(cuts[-1] + gap)
    pieces = [due(installed, interval, a, b) for a, b in pairwise(cuts)]
    every = [installed + FIRST_MS + n * interval for n in range((cuts[-1] - installed) // interval + 2)]
    whole = [at for at in every if cuts[0] < at <= cuts[-1]]
    if all(len(piece) < MOST_RUNS for piece in pieces):
        assert [at for piece in pieces for at in piece] == whole
    assert len(due(installed, interval, cuts[0], cuts[-1])) == min(len(whole), MOST_RUNS)


@pytest.mark.parametrize(
    ("event", "scopes", "gets"),
    [
        ("avi:confluence:updated:page", {SUMMARY}, True),
        ("avi:confluence:updated:page", {"read:page:confluence"}, False),
        ("avi:confluence:trashed:page", {SUMMARY}, False),
        ("avi:confluence:deleted:comment", {SUMMARY, WRITE}, True),
        ("avi:confluence:added:label", {SUMMARY}, False),
        ("avi:confluence:added:label", {SUMMARY, "read:confluence-space.summary"}, True),
        ("avi:jira-software:created:board", {"read:jira-work"}, False),
        ("avi:jira-software:created:board", {"read:jira-work", "read:jira-user"}, True),
        ("avi:jira-software:configuration-changed:board", {"read:board-scope.admin:jira-software"}, True),
        ("avi:jira:updated:issue", {"read:jira-work"}, True),
        ("avi:jira-software:closed:sprint", {"read:sprint:jira-software"}, True),
        ("avi:jira-software:closed:sprint", {"read:jira-user"}, False),
        ("avi:forge:installed:app", set(), True),
        ("avi:cloud:ecosystem::event/1/mine", set(), True),
        ("avi:nobody:knows:this", {SUMMARY}, False),
    ],
)
def test_an_event_takes_its_scope(event: str, scopes: set[str], gets: bool) -> None:
    assert may_receive(event, scopes) is gets


def test_of_scopes_that_each_let_an_event_through_all_are_told() -> None:
    event, work, sprints = "avi:jira-software:closed:sprint", "read:jira-work", "read:sprint:jira-software"
    assert opening(event, {work, sprints, "x"}) == ((work,), (sprints,))
    assert opening(event, {"x"}) == opening("avi:nobody:knows:this", {work}) == ()
    assert opening("avi:forge:installed:app", set()) == ((),)


@given(
    st.sampled_from(DOCUMENTED), st.sets(st.sampled_from(sorted({s for _, each in SCOPES for n in each for s in n})))
)
def test_an_event_is_sent_where_one_of_its_sets_is_held_and_more_scopes_never_keep_it_back(
    event: str, scopes: set[str]
) -> None:
    found = opening(event, scopes)
    assert may_receive(event, scopes) is bool(found)
    assert all(set(held) <= scopes for held in found)
    assert set(found) <= set(opening(event, scopes | {"read:jira-work", SUMMARY}))


def test_a_trigger_gets_the_events_that_it_names_under_their_own_filter() -> None:
    own = {"eventType": "avi:b", "filter": {"expression": "true"}}
    modules: list[tuple[str, str | None, dict[str, Any]]] = [
        ("one", "f", {"events": ["avi:a", own], "filter": {"ignoreSelf": True}}),
        ("two", None, {"events": ["avi:a"]}),
    ]
    assert list(listeners(modules, "avi:a")) == [Listener("one", "f", {"ignoreSelf": True})]
    assert list(listeners(modules, "avi:b")) == [Listener("one", "f", {"expression": "true"})]


@pytest.mark.parametrize(
    ("given", "by_itself", "passes"),
    [({}, True, True), ({"ignoreSelf": True}, True, False), ({"ignoreSelf": True}, False, True),
     ({"appIsLicensed": True}, True, True), ({"expression": "1 == 1"}, False, None)],
)  # fmt: skip
def test_a_filter_decides(given: dict[str, Any], by_itself: bool, passes: bool | None) -> None:
    assert takes(Listener("k", "f", given), {"selfGenerated": by_itself}) is passes


def test_an_event_that_is_too_large_is_lost() -> None:
    triggers = TriggerService()
    for size in (MAX_EVENT_BYTES - 9, MAX_EVENT_BYTES - 8):
        triggers.happen(Raised("avi:a", {"a": "x" * size}))
    assert [len(each.payload["a"]) for each in triggers.heard] == [MAX_EVENT_BYTES - 9]


@pytest.mark.parametrize(
    "body", [b"", b"1", b"{}", b'{"events":[]}', b'{"events":[1]}', b'{"events":[{"key":1}]}', b"[" * 9999,
             json.dumps({"events": [{"key": "a"}] * 11}).encode(), b'{"events":[{"key":"\\ud800"}]}'],
)  # fmt: skip
def test_what_is_no_app_event_is_refused_in_words(body: bytes) -> None:
    with pytest.raises(AppEventError, match=r"\w"):
        published(body)


# --- web triggers ---------------------------------------------------------------------------------------------------

STATIC = {"response": {"type": "static", "outputs": [{"key": "ok", "statusCode": 200, "body": "fine"}]}}


@given(st.recursive(st.none() | st.integers() | st.text(), lambda x: st.lists(x) | st.dictionaries(
    st.sampled_from(["statusCode", "headers", "body", "outputKey"]), x)))  # fmt: skip
def test_a_reply_is_an_answer_or_a_500_with_a_reason(result: Any) -> None:
    for module in ({}, STATIC):
        found = reply(module, result)
        assert (found.answer == {"statusCode": 500}) or found.wrong is None
        assert isinstance(found.answer["statusCode"], int)


def test_a_url_depends_on_app_site_module_and_how_often_it_was_forced() -> None:
    urls = {url_of("v1", app, site, key, n) for app in "ab" for site in "cd" for key in "ef" for n in (0, 1)}
    assert len(urls) == 16
    assert url_of("v2", "a", "c", "e", 0).endswith(url_of("v1", "a", "c", "e", 0).rpartition("/")[2])
    assert ".webtrigger.atlassian.app/public/" in url_of("v2", "a", "c", "e", 0)


def test_a_request_is_filled_up() -> None:
    url = "https://x.hello.atlassian-dev.net/x1/abc"
    assert request({"method": "PUT", "body": "b"}, url) == {
        "method": "PUT", "headers": {}, "body": "b", "path": "/x1/abc", "userPath": "", "queryParameters": {},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("query", "found"),
    [("mutation { createWebTriggerUrl(input: $i) { url } }", "createWebTriggerUrl"), ("query { me }", None),
     ("{ deleteWebTriggerUrl(id: 1) { a } createWebTriggerUrl(input: 1) { url } }", None)],
)  # fmt: skip
def test_an_operation_is_known_by_its_name(query: str, found: str | None) -> None:
    assert operation(query) == found


@pytest.mark.parametrize("body", [b"", b"1", b"{", b'{"query":1}', b'{"query":"x","query":"y"}', b"[" * 9999])
def test_what_is_no_graphql_request_asks_for_nothing(body: bytes) -> None:
    assert asked_for(body) == (None, {})


def test_urls_have_a_rate() -> None:
    triggers = WebTriggers(app_id="a", site="s", forms={"hook": "v1"})
    asked: Any = {"input": {"triggerKey": "hook"}}
    statuses = [triggers.perform("createWebTriggerUrl", asked, 0).status for _ in range(501)]
    assert statuses == [200] * 500 + [429]
    assert triggers.perform("createWebTriggerUrl", asked, 60_000).status == 200
