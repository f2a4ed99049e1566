"""What decides on a product call, in which order, and what the app gets."""

from __future__ import annotations

import json
from typing import Any

import pytest

from forgesim.site.access import APP_ACCOUNT

READ = {"read:page:confluence"}
PAGES = "/wiki/api/v2/pages"
OVERRIDE = [("X-HTTP-Method-Override", "DELETE")]
MISMATCH = (401, {"code": 401, "message": "Unauthorized; scope does not match"})

# what the desk is, how the call is made, the rule that refuses it, the status
REFUSALS: dict[str, tuple[dict[str, Any], dict[str, Any], str, int]] = {
    "an override header goes before all else": (
        {"scopes": (), "user": None}, {"path": "//x", "headers": OVERRIDE}, "method-override", 400),
    "a path that hides one goes before the user": (
        {"scopes": (), "user": None}, {"path": f"{PAGES}/%2e%2e%2f"}, "path", 400),
    "a path above its root": ({}, {"path": "/wiki/api/v2/../../../x"}, "path", 400),
    "a path that names a host": ({}, {"path": "//evil.example/wiki"}, "path", 400),
    "nobody goes before scopes": ({"scopes": (), "user": None}, {"path": PAGES}, "no-user", 401),
    "a scope that is missing": ({"scopes": ()}, {"path": PAGES}, "scope", 401),
    "an unknown route": ({}, {"path": "/wiki/api/v2/nothing"}, "unknown-route", 401),
    "another person, without the scope": (
        {"scopes": (), "impersonates": READ}, {"path": PAGES, "account": "712020:x"}, "scope", 401),
    "another person, with a scope that may not": (
        {"scopes": READ}, {"path": PAGES, "account": "712020:x"}, "impersonation", 401),
    "a service that is not emulated": ({}, {"path": "/x", "remote": "bitbucket"}, "not-emulated", 501),
    "the queue": ({}, {"path": "/webhook/queue/publish/1", "remote": "app", "method": "POST"}, "not-emulated", 501),
}  # fmt: skip


@pytest.mark.parametrize(("desk", "call", "rule", "status"), REFUSALS.values(), ids=REFUSALS.keys())
def test_a_call_is_refused_by_the_first_rule_that_it_breaks(
    make_desk: Any, desk: dict[str, Any], call: dict[str, Any], rule: str, status: int
) -> None:
    made = make_desk(**desk)
    crossed = made.product(**call)
    assert (crossed.decision.allow, crossed.decision.rule, crossed.answer.status) == (False, rule, status)
    assert made.decided[0].decision == crossed.decision
    assert made.answered[0].status == status


def test_what_is_over_a_rate_of_the_app_is_refused_and_not_performed(make_desk: Any) -> None:
    desk = make_desk(impersonates=READ, scopes=READ)
    desk.installation.traffic.product(desk.clock.now_ms, impersonates=True)
    desk.installation.traffic.impersonated = 1_000
    assert desk.product(PAGES).answer.status == 200
    assert desk.product(PAGES, account=desk.people["alice"]).answer.status == 200
    other = desk.product(PAGES, account=desk.people["bob"])
    assert (other.decision.rule, other.answer.status) == ("impersonation-rate", 429)
    desk.installation.traffic.network = 100_000
    assert (desk.product(PAGES).decision.rule, desk.decided[-1].decision.allow) == ("network-rate", False)
    desk.clock.advance(60_000)
    assert desk.product(PAGES, account=desk.people["bob"]).decision.allow


def test_what_refusals_say(make_desk: Any) -> None:
    nobody = make_desk(user=None).product(PAGES).answer
    assert (nobody.status, nobody.headers) == (401, (("forge-proxy-error", "NEEDS_AUTHENTICATION_ERR"),))
    unscoped = make_desk(scopes=()).product(PAGES).answer
    assert (unscoped.status, json.loads(unscoped.body)) == MISMATCH
    unknown = make_desk().product("/x", remote="bitbucket")
    assert "bitbucket" in json.loads(unknown.answer.body)["message"]


def test_a_refused_call_is_recorded_with_all_that_it_asked_for(make_desk: Any) -> None:
    desk = make_desk(scopes=())
    desk.product(f"{PAGES}/{desk.page}", method="PUT", body={"a": 1}, headers=[("x-a", "1")])
    asked = desk.decided[0]
    assert (asked.op, asked.op_class, asked.writes) == ("PUT /wiki/api/v2/pages/{id}", "content", True)
    assert (asked.acts_as, asked.account, asked.line) == ("user", desk.people["alice"], "src/index.py:9")
    assert (asked.headers, asked.body and asked.body.text) == ((("x-a", "1"),), '{"a": 1}')


def test_an_allowed_read_names_what_it_showed(make_desk: Any) -> None:
    desk = make_desk()
    crossed = desk.product(f"{PAGES}/{desk.page}")
    assert crossed.answer.status == 200
    assert f"page/{desk.page}" in desk.answered[0].reads
    assert desk.answered[0].at - desk.decided[0].at == crossed.delay_ms > 0


def test_the_app_itself_acts_as_its_own_account(make_desk: Any) -> None:
    desk = make_desk(user=None)
    assert desk.product(PAGES, provider="app").answer.status == 200
    assert (desk.decided[0].acts_as, desk.decided[0].account) == ("app", APP_ACCOUNT)


def test_impersonation_takes_one_whole_alternative_of_scopes(make_desk: Any) -> None:
    """Reading a page's versions needs all of one list; a part of it that may impersonate is not enough."""
    bob = make_desk().people["bob"]
    whole = {"scopes": READ, "impersonates": READ}
    desk = make_desk(**whole)
    assert desk.product(PAGES, account=bob).answer.status == 200
    assert desk.decided[0].account == bob
    path = "/wiki/rest/api/content/1/label"
    needs = {"read:content-details:confluence", "write:label:confluence", "read:label:confluence"}
    for may, allowed in ((needs, True), ({"read:label:confluence"}, False)):
        crossed = make_desk(impersonates=may).product(path, account=bob, method="POST", body=[])
        assert crossed.decision.allow is allowed, crossed.decision


def test_what_jira_does_not_emulate_is_decided_and_then_named(make_desk: Any) -> None:
    desk = make_desk()
    crossed = desk.product("/rest/api/3/dashboard", remote="jira")
    assert (crossed.decision.allow, crossed.answer.status) == (True, 501)
    assert desk.answered[0].unsupported == "GET /rest/api/3/dashboard"


@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_a_push_to_what_is_not_emulated_is_a_write(make_desk: Any, method: str) -> None:
    desk = make_desk()
    desk.product("/webhook/queue/publish/1", remote="app", method=method)
    assert (desk.decided[0].channel, desk.decided[0].writes) == ("queue", True)
