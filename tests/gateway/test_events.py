"""Queues, app events and web trigger URLs at the gateway: which crossing each is, and what it is answered."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from forgesim.manifest.model import Function, Module

PLACE = "{contextAri}/{environmentId}/{appId}/{appVersion}"
STARGATE = {"type": "fpp", "provider": "app", "remote": "stargate"}
PUSH = {"queueName": "work", "jobId": "j", "payload": [{"body": {"n": 1}}]}
MODULES = (
    Module(type="consumer", key="worker", function="consume", data={"queue": "work"}),
    Module(type="event", key="mine", function=None, data={"name": "mine"}),
    Module(type="webtrigger", key="hook", function="respond", data={}),
)


@pytest.fixture
def desk(make_desk: Any) -> Any:
    found = make_desk()
    app = found.installation.app
    functions = {"consume": Function(key="consume", handler="index.consume", timeout_s=55)}
    found.installation.app = replace(app, manifest=replace(app.manifest, modules=MODULES, functions=functions))
    return found


def ask(desk: Any, path: str, body: object, **frame: Any) -> int:
    return int(desk.ask(STARGATE, path, body, method="POST", **frame).answer.status)


def test_a_push_is_a_write_to_its_queue(desk: Any) -> None:
    assert ask(desk, f"/webhook/queue/publish/{PLACE}", PUSH) == 201
    asked = desk.decided[0]
    assert (asked.channel, asked.verb, asked.target, asked.writes) == ("queue", "push", "work", True)
    assert [each.event.body for each in desk.services.queue.waiting()] == [{"n": 1}]


def test_statistics_write_nothing_and_a_cancellation_deletes(desk: Any) -> None:
    ask(desk, f"/webhook/queue/publish/{PLACE}", PUSH)
    assert [ask(desk, f"/webhook/queue/{verb}/{PLACE}", PUSH) for verb in ("stats", "cancel")] == [200, 204]
    assert [(asked.verb, asked.writes) for asked in desk.decided[1:]] == [("get", False), ("delete", True)]


@pytest.mark.parametrize("body", [b"", b"1", b"[" * 99_999, b'{"queueName":"\\ud800"}', b'{"a":NaN}', b"\xff", {}, []])
@pytest.mark.parametrize("path", [*(f"/webhook/queue/{v}/{PLACE}" for v in ("publish", "stats", "cancel")),
                                  "/forge/events/v1/app-events"])  # fmt: skip
def test_a_malformed_request_is_recorded_and_answered(desk: Any, path: str, body: Any) -> None:
    assert ask(desk, path, body) == 400
    assert (len(desk.decided), len(desk.answered)) == (1, 1)


def test_the_queue_takes_post_alone(desk: Any) -> None:
    crossed = desk.ask(STARGATE, f"/webhook/queue/publish/{PLACE}", PUSH, method="GET")
    assert (crossed.decision.rule, crossed.answer.status) == ("method", 404)


def test_an_app_event_is_a_write_to_the_queue(desk: Any) -> None:
    assert ask(desk, "/forge/events/v1/app-events", {"events": [{"key": "mine"}]}) == 200
    assert (desk.decided[0].channel, desk.decided[0].writes) == ("queue", True)
    assert [each.name.rpartition("/")[2] for each in desk.services.triggers.heard] == ["mine"]


def test_other_graphql_is_not_emulated(desk: Any) -> None:
    assert ask(desk, "/graphql", {"query": "query { me }"}) == 501
    assert desk.answered[0].unsupported == "stargate /graphql"


def test_nothing_is_pushed_once_the_app_is_gone(desk: Any) -> None:
    desk.installation.installed = False
    ask(desk, f"/webhook/queue/publish/{PLACE}", PUSH)
    assert desk.decided[0].decision.rule == "uninstalled"
    assert list(desk.services.queue.waiting()) == []


@pytest.mark.parametrize(
    ("cause", "module", "result", "kind"),
    [
        ("webtrigger", "hook", {"statusCode": 200}, ("webtrigger", "respond", "hook", True)),
        ("webtrigger", "hook", {"status": 200}, ("webtrigger", "respond", "hook", False)),
        ("queue", "work", {"_retry": True}, ("queue", "retry", "work", True)),
        ("queue", "work", {"_retry": False}, ("result", "return", "", True)),
        ("event", "watch", {"_retry": True}, ("queue", "retry", "watch", True)),
        ("user", "", {"_retry": True}, ("result", "return", "", True)),
    ],
)
def test_a_result_is_what_becomes_of_it(desk: Any, cause: Any, module: str, result: Any, kind: Any) -> None:
    desk.invocation.cause, desk.invocation.module = cause, module
    crossed = desk.ask({"type": "result"}, "", result, id=0)
    assert (crossed.kind.channel, crossed.kind.verb, crossed.kind.target, crossed.decision.allow) == kind
