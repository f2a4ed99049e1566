"""Storage, egress, models, logs, results and what nobody knows, as they cross."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.gateway.conftest import entry

from forgesim.gateway.gateway import LATENCY_MS, MAX_REDIRECTS
from forgesim.seam import Answer

KEY = {"key": "a", "value": 1}


def test_storage_needs_its_scope(make_desk: Any) -> None:
    assert make_desk(scopes={"storage:app"}).kvs("/api/v1/set", KEY).answer.status == 204
    refused = make_desk(scopes=()).kvs("/api/v1/set", KEY)
    assert (refused.decision.rule, refused.answer.status) == ("scope", 401)


def test_after_uninstall_nothing_is_performed(make_desk: Any) -> None:
    desk = make_desk(egress=[entry("https://api.example.com")], llm=True)
    desk.installation.installed = False
    crossings = [
        desk.kvs("/api/v1/set", KEY),
        desk.product(f"/wiki/api/v2/pages/{desk.page}"),
        desk.fetch("https://api.example.com/"),
        desk.ask({"type": "llm", "model": "claude"}, "https://llm/claude", {}, method="POST"),
    ]
    assert {crossed.decision.rule for crossed in crossings} == {"uninstalled"}
    assert all(crossed.answer.status >= 400 for crossed in crossings)
    assert desk.services.kvs.rows("installation", "US") == []
    assert desk.hosts["api.example.com"].asked == []


@pytest.mark.parametrize(
    ("path", "status", "op"),
    [("/api/v1/entity/set", 404, "/api/v1/entity/set"), ("/api/v1/a title", 404, None)],
)
def test_a_call_of_storage_is_named_and_what_nobody_has_is_not(
    make_desk: Any, path: str, status: int, op: str | None
) -> None:
    desk = make_desk()
    assert desk.kvs(path, {**KEY, "entityName": "notes"}).answer.status == status
    assert (desk.decided[0].op, desk.answered[0].unsupported) == (op, None)


BLOCKED = (403, b"", (("forge-proxy-error", "BLOCKED_EGRESS"),))


def test_egress_is_refused_as_forge_refuses_it(make_desk: Any) -> None:
    desk = make_desk(egress=[entry("https://api.example.com")])
    answer = desk.fetch("https://evil.example/?x").answer
    assert (answer.status, answer.body, answer.headers) == BLOCKED
    assert desk.decided[0].target == "https://evil.example/?x"
    assert desk.fetch("https://api.example.com/").answer.status == 200


def test_analytics_hosts_leave_the_list_while_the_switch_is_off(make_desk: Any) -> None:
    desk = make_desk(egress=[entry("https://api.example.com", "analytics")])
    rules = [desk.fetch("https://api.example.com/").decision.rule]
    for on in (False, True):
        desk.installation.switch_analytics(on)
        rules.append(desk.fetch("https://api.example.com/").decision.rule)
    assert rules == ["declared", "analytics-off", "declared"]
    assert len(desk.hosts["api.example.com"].asked) == 2


def test_an_invocation_makes_a_hundred_external_requests_and_redirects_are_among_them(make_desk: Any) -> None:
    desk = redirecting(make_desk, "https://other.example.com/")
    desk.fetch("https://evil.example/")
    for _ in range(49):
        desk.fetch("https://api.example.com/go")
    last = [desk.fetch("https://api.example.com/").answer.status for _ in range(3)]
    assert last == [200, 200, 429]
    assert (desk.decided[-1].decision.rule, len(desk.hosts["api.example.com"].asked)) == ("external-rate", 51)


def test_an_app_makes_50_000_external_requests_a_minute(make_desk: Any) -> None:
    desk = make_desk(egress=[entry("https://api.example.com")])
    desk.installation.traffic.external(desk.clock.now_ms)
    desk.installation.traffic.egress = 49_999
    assert [desk.fetch("https://api.example.com/").answer.status for _ in range(2)] == [200, 429]
    assert (desk.decided[-1].decision.rule, len(desk.hosts["api.example.com"].asked)) == ("egress-rate", 1)
    desk.clock.advance(60_000)
    assert desk.fetch("https://api.example.com/").answer.status == 200


def redirecting(make_desk: Any, location: str, status: int = 302) -> Any:
    desk = make_desk(egress=[entry("https://api.example.com"), entry("https://other.example.com")])
    desk.hosts["api.example.com"].answers["/go"] = Answer(status, b"", (("location", location),))
    return desk


def test_each_hop_is_decided_afresh(make_desk: Any) -> None:
    desk = redirecting(make_desk, "https://evil.example/x")
    crossed = desk.fetch("https://api.example.com/go")
    assert (crossed.decision.rule, crossed.answer.status) == ("undeclared", 403)
    assert [(each.target, each.decision.allow) for each in desk.decided] == [
        ("https://api.example.com/go", True),
        ("https://evil.example/x", False),
    ]


def test_hops_follow_one_another_in_time(make_desk: Any) -> None:
    desk = redirecting(make_desk, "/next")
    crossed = desk.fetch("https://api.example.com/go")
    first, second = desk.decided
    assert (second.at - first.at, crossed.delay_ms) == (LATENCY_MS["egress"], 2 * LATENCY_MS["egress"])
    assert desk.answered[-1].at == first.at + crossed.delay_ms


HEADERS = [("Authorization", "Bearer x"), ("Cookie", "a=b"), ("X-Mine", "1"), ("Content-Type", "text/plain")]
SENT = {name.lower() for name, _ in HEADERS}
HOPS = {
    "same origin keeps credentials": ("/next", 307, "POST", "POST", SENT),
    "another host loses them": ("https://other.example.com/", 307, "POST", "POST", SENT - {"authorization", "cookie"}),
    "303 makes it a GET": ("/next", 303, "PUT", "GET", SENT - {"content-type"}),
    "303 leaves HEAD alone": ("/next", 303, "HEAD", "HEAD", SENT),
    "302 makes a POST a GET": ("/next", 302, "POST", "GET", SENT - {"content-type"}),
    "302 leaves a PUT alone": ("/next", 302, "PUT", "PUT", SENT),
    "308 leaves everything": ("/next", 308, "POST", "POST", SENT),
}  # fmt: skip


@pytest.mark.parametrize(("location", "status", "method", "becomes", "headers"), HOPS.values(), ids=HOPS.keys())
def test_a_redirect_changes_what_the_fetch_standard_changes(
    make_desk: Any, location: str, status: int, method: str, becomes: str, headers: set[str]
) -> None:
    desk = redirecting(make_desk, location, status)
    desk.fetch("https://api.example.com/go", method=method, headers=HEADERS, body=b"text")
    last = (desk.hosts["other.example.com"].asked or desk.hosts["api.example.com"].asked)[-1]
    assert (last.method, set(last.headers) & SENT) == (becomes, headers)
    assert last.body == (b"" if becomes != method else b"text")


def test_a_loop_of_redirects_ends(make_desk: Any) -> None:
    desk = redirecting(make_desk, "/go")
    assert desk.fetch("https://api.example.com/go").answer.status == 302
    assert len(desk.decided) == MAX_REDIRECTS + 1


def test_a_redirect_that_is_not_asked_for_is_handed_back(make_desk: Any) -> None:
    desk = redirecting(make_desk, "/next")
    assert desk.fetch("https://api.example.com/go", descriptor={"redirect": "manual"}).answer.status == 302
    assert len(desk.decided) == 1


def test_models_are_for_apps_that_declare_them(make_desk: Any) -> None:
    asked = {"messages": [{"role": "user", "content": "Say hello."}]}
    desk = make_desk()
    refused = desk.ask({"type": "llm", "model": "claude-haiku"}, "https://llm/claude-haiku", asked, method="POST")
    assert (refused.decision.rule, refused.answer.status) == ("llm-module", 403)
    desk = make_desk(llm=True)
    listed = desk.ask({"type": "llm"}, "https://llm", None, method="GET")
    model = json.loads(listed.answer.body)["models"][0]["model"]
    assert desk.ask({"type": "llm", "model": model}, f"https://llm/{model}", asked, method="POST").answer.status == 200
    streamed = desk.ask({"type": "llm"}, f"https://llm/{model}", asked | {"stream": True}, method="POST")
    assert json.loads(streamed.answer.body.splitlines()[-1])["choices"][0]["finish_reason"] == "end_turn"
    assert [each.target for each in desk.decided] == ["", model, model]


def test_a_log_line_over_the_limits_is_refused_and_recorded(make_desk: Any) -> None:
    desk = make_desk()
    allowed = [desk.ask({"type": "log"}, "info", b"x", id=0).decision.allow for _ in range(120)]
    assert allowed == [True] * 100 + [False] * 20
    assert len(desk.decided) == 120
    assert desk.answered == []


@pytest.mark.parametrize("kind", ["result", "error"])
def test_a_result_that_is_too_large_is_refused(make_desk: Any, kind: str) -> None:
    desk = make_desk()
    assert desk.ask({"type": kind}, "", b"1" * (5 * 1024 * 1024), id=0).decision.allow
    assert desk.ask({"type": kind}, "", b"1" * (5 * 1024 * 1024 + 1), id=0).decision.rule == "result-too-large"


@pytest.mark.parametrize("descriptor", [{"type": "sql"}, {"type": "os", "x": {}}, {}, {"type": 7}, {"type": None}])
def test_a_descriptor_that_nobody_serves_is_501_with_its_name(make_desk: Any, descriptor: dict[str, Any]) -> None:
    desk = make_desk()
    crossed = desk.ask(descriptor, "/x", b"data", method="POST")
    assert (crossed.decision.rule, crossed.answer.status) == ("not-emulated", 501)
    assert desk.answered[0].unsupported == str(descriptor.get("type"))
    assert desk.decided[0].writes
