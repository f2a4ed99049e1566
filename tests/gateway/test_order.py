"""Identify, decide, record, perform, record: in that order, whatever goes wrong."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import pytest
from tests.gateway.conftest import entry

from forgesim.errors import InternalError
from forgesim.gateway.faults import FAILURES, TIMEOUT_MS, Fault
from forgesim.gateway.gateway import LATENCY_MS
from forgesim.seam import Answer, Fetch

KEY = {"key": "a", "value": 1}


@dataclass
class Breaking:
    """A service that has a bug, and looks at what was recorded when it was called."""

    desk: Any
    seen: list[tuple[int, int]] = field(default_factory=list)

    def answer(self, _: Any) -> Answer:
        self.seen.append((len(self.desk.decided), self.desk.pen.flushed))
        raise KeyError("a bug of ours")


def test_a_crossing_is_on_disk_before_it_is_performed_also_where_performing_fails(make_desk: Any) -> None:
    desk = make_desk(egress=[entry("https://api.example.com")])
    breaking = desk.hosts["api.example.com"] = Breaking(desk)
    with pytest.raises(InternalError, match=r"performing egress GET: KeyError: .* at .*conftest|test_order"):
        desk.fetch("https://api.example.com/")
    assert breaking.seen == [(1, 1)]
    assert [len(desk.decided), len(desk.answered)] == [1, 0]


FORGERIES = {
    "another's token": {"token": "guess"},
    "another's id": {"inv": "inv-1.2"},
    "no token": {"token": ""},
    "a token beyond ASCII": {"token": "tök3n"},
}


@pytest.mark.parametrize("frame", FORGERIES.values(), ids=FORGERIES.keys())
def test_a_forged_frame_is_refused_recorded_and_performs_nothing(make_desk: Any, frame: dict[str, str]) -> None:
    desk = make_desk()
    crossed = desk.kvs("/api/v1/set", KEY, **frame)
    assert (crossed.decision.rule, crossed.answer.status) == ("token", 401)
    assert crossed.answer.headers == (("forge-proxy-error", "INVALID_TOKEN"),)
    assert desk.decided[0].inv == "inv-1.1", "the socket says whose it is"
    assert desk.services.kvs.rows("installation", "US") == []
    assert desk.ask({"type": "log"}, "info", b"x", id=0, **frame).decision.rule == "token"


def test_a_probe_is_decided_and_recorded_as_one_and_performs_nothing(make_desk: Any) -> None:
    desk = make_desk(egress=[entry("https://api.example.com")], cause="probe")
    frame: dict[str, Any] = {"id": 0, "inv": "inv-1.1", "token": "t0k3n"}
    asked = [
        Fetch(descriptor={"type": "external"}, path="https://api.example.com/", **frame),
        Fetch(descriptor={"type": "kvs"}, path="/api/v1/set", method="POST", **frame),
        Fetch(descriptor={"type": "fpp", "provider": "user", "remote": "confluence"},
              path=f"/wiki/api/v2/pages/{desk.page}", method="DELETE", **frame),
    ]  # fmt: skip
    assert all(desk.gateway.probe(desk.invocation, each).allow for each in asked)
    assert [each.cause for each in desk.decided] == ["probe"] * 3
    assert desk.answered == desk.hosts["api.example.com"].asked == desk.services.kvs.rows("installation", "US") == []
    assert desk.page in desk.site.pages


def calls(desk: Any) -> dict[str, Any]:
    return {
        "kvs": lambda: desk.kvs("/api/v1/get", {"key": "a"}),
        "confluence": lambda: desk.product("/wiki/api/v2/pages"),
        "jira": lambda: desk.product("/rest/api/3/myself", remote="jira"),
        "llm": lambda: desk.ask({"type": "llm"}, "https://llm", None),
        "api.example.com": lambda: desk.fetch("https://API.example.com:443/x"),
    }


@pytest.mark.parametrize("failure", FAILURES)
@pytest.mark.parametrize("service", ["kvs", "confluence", "jira", "llm", "api.example.com"])
def test_every_service_fails_in_its_own_words_once_and_alone(make_desk: Any, service: str, failure: str) -> None:
    desk = make_desk(egress=[entry("https://api.example.com")], llm=True)
    desk.gateway.faults.add(Fault(service=service, failure=failure))
    statuses = {}
    for name, call in calls(desk).items():
        crossed = call()
        statuses[name] = desk.answered[-1].fault
        if name == service:
            assert crossed.answer.status == (504 if failure == "timeout" else int(failure))
            assert isinstance(json.loads(crossed.answer.body), dict)
            late = crossed.delay_ms == TIMEOUT_MS
            assert late is (failure == "timeout")
            assert ("retry-after" in dict(crossed.answer.headers)) is (failure == "429")
    assert statuses == dict.fromkeys(statuses) | {service: failure}
    calls(desk)[service]()
    assert desk.answered[-1].fault is None, "once"


@pytest.mark.parametrize(
    ("narrow", "hits"),
    [
        ({"line": "src/index.py:9"}, True),
        ({"line": "src/index.py:8"}, False),
        ({"verb": "get"}, True),
        ({"verb": "set"}, False),
        ({"op": "/api/v1/get"}, True),
        ({"op": "/api/v1/set"}, False),
        ({"function": "call"}, True),
        ({"function": "resolver"}, False),
        ({"times": 0}, False),
    ],
)
def test_a_fault_hits_only_what_it_names(make_desk: Any, narrow: dict[str, Any], hits: bool) -> None:
    desk = make_desk()
    desk.gateway.faults.add(Fault(service="kvs", failure="429", **narrow))
    assert (desk.kvs("/api/v1/get", {"key": "a"}).answer.status == 429) is hits


def test_a_fault_does_not_stand_in_for_a_refusal(make_desk: Any) -> None:
    desk = make_desk(scopes=())
    desk.gateway.faults.add(Fault(service="kvs", failure="500"))
    assert desk.kvs("/api/v1/get", {"key": "a"}).decision.rule == "scope"
    assert desk.answered[0].fault is None


def test_properties_belong_to_their_product(make_desk: Any) -> None:
    desk = make_desk()
    desk.gateway.faults.add(Fault(service="jira", failure="403", times=9))
    jira = desk.product("/rest/api/3/issue/A-1/properties/p", remote="jira", method="PUT", body=1)
    page = desk.product(f"/wiki/api/v2/pages/{desk.page}/properties", method="POST", body={"key": "p", "value": 1})
    assert [each.channel for each in desk.decided] == ["property", "property"]
    assert (jira.answer.status, page.answer.status) == (403, 200)
    assert "errorMessages" in json.loads(jira.answer.body)


def test_every_crossing_takes_its_channels_time(make_desk: Any) -> None:
    desk = make_desk()
    assert desk.kvs("/api/v1/get", {"key": "a"}).delay_ms == LATENCY_MS["kvs"]
    assert desk.clock.now_ms == desk.decided[0].at, "the clock is the runtime's to move"
