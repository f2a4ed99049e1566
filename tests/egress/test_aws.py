"""API Gateway and Lambda: what the function is given, and what becomes of what it returns."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

import pytest

from forgesim.egress.broker import Broker
from forgesim.egress.policy import Target, parse_target
from forgesim.egress.subprocessors.aws import MAX_PAYLOAD, MAX_SYNCHRONOUS, AwsLambda, Ended, event_of
from forgesim.egress.subprocessors.service import Aftermath, ServiceEvent, ServiceRequest

HOST = "abc.execute-api.us-east-1.amazonaws.com"
NOW = 1_767_603_600_000
JSON = {"content-type": "application/json"}


class Fake:
    """A runner whose handler returns what a test says."""

    def __init__(self, ended: Ended) -> None:
        self.ended = ended
        self.events: list[Mapping[str, Any]] = []

    def run(self, event: Mapping[str, Any], **_: object) -> Ended:
        self.events.append(event)
        return self.ended


def returning(value: object, **ended: Any) -> AwsLambda:
    return AwsLambda(
        Fake(Ended("ok", json.dumps(value).encode(), **ended)), handler="service.render", region="us-east-1"
    )


def request(body: bytes = b"{}", headers: dict[str, str] = JSON) -> ServiceRequest:
    return ServiceRequest("POST", HOST, "/render", "a=1&a=2&b=", headers, body, NOW)


def test_the_event_is_payload_format_2() -> None:
    event = event_of(request(b'{"x": 1}'), "id-1")
    assert (event["version"], event["rawPath"], event["rawQueryString"]) == ("2.0", "/render", "a=1&a=2&b=")
    assert (event["body"], event["isBase64Encoded"], event["headers"]) == ('{"x": 1}', False, JSON)
    context = event["requestContext"]
    assert (context["http"]["method"], context["http"]["path"], context["requestId"]) == ("POST", "/render", "id-1")
    assert (context["time"], context["timeEpoch"]) == ("05/Jan/2026:09:00:00 +0000", NOW)


def test_a_body_that_is_no_text_travels_as_base64() -> None:
    event = event_of(request(b"\xff\x00", {"content-type": "image/png"}), "id-1")
    assert (event["body"], event["isBase64Encoded"]) == (base64.b64encode(b"\xff\x00").decode(), True)


RETURNED: dict[str, tuple[object, int, bytes, str]] = {
    "an answer": (
        {"statusCode": 201, "headers": {"Content-Type": "text/html"}, "body": "<p>"}, 201, b"<p>", "text/html",
    ),
    "bytes": ({"statusCode": 200, "body": "/w==", "isBase64Encoded": True}, 200, b"\xff", "text/plain; charset=utf-8"),
    "a value": ({"a": 1}, 200, b'{"a": 1}', "application/json"),
    "a text": ("hello", 200, b"hello", "application/json"),
    "no answer": ({"statusCode": "soon"}, 500, b'{"message":"Internal Server Error"}', "application/json"),
    "no base64": (
        {"statusCode": 200, "body": "?", "isBase64Encoded": True}, 500, b'{"message":"Internal Server Error"}',
        "application/json",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("value", "status", "body", "kind"), RETURNED.values(), ids=RETURNED.keys())
def test_what_a_function_returns(value: object, status: int, body: bytes, kind: str) -> None:
    answer = returning(value).answer(request())
    assert (answer.status, answer.body, dict(answer.headers)["content-type"]) == (status, body, kind)


@pytest.mark.parametrize(
    ("ended", "status"), [(Ended("error"), 500), (Ended("killed"), 502), (Ended("timeout", took_ms=30_000), 504)]
)
def test_a_function_that_fails(ended: Ended, status: int) -> None:
    answer = AwsLambda(Fake(ended), handler="service.render", region="us-east-1").answer(request())
    assert answer.status == status
    assert "message" in json.loads(answer.body)


@pytest.mark.parametrize("size", [MAX_PAYLOAD + 1, MAX_SYNCHRONOUS])
def test_a_payload_that_is_too_large_never_reaches_the_function(size: int) -> None:
    runner = Fake(Ended("ok"))
    service = AwsLambda(runner, handler="service.render", region="us-east-1")
    assert (service.answer(request(b"x" * size)).status, runner.events) == (413, [])


def test_an_answer_over_the_limit_is_an_error() -> None:
    assert returning("x" * MAX_SYNCHRONOUS).answer(request()).status == 500


def test_throttling_is_over_after_as_many_requests() -> None:
    service = returning("ok")
    service.throttle(2)
    assert [service.answer(request()).status for _ in range(3)] == [429, 429, 200]


def test_what_the_function_prints_stays_in_its_log_group_and_is_handed_out_once() -> None:
    service = returning("ok", events=(ServiceEvent("log", "12 pages"), ServiceEvent("kernel", "socket")), took_ms=40)
    broker = Broker({HOST: service})
    target = parse_target(f"https://{HOST}/render")
    assert isinstance(target, Target)
    broker.send("POST", target, [], b"{}", NOW)
    happened = broker.aftermath(target)
    assert [event.target for event in happened.events] == ["/aws/lambda/service-render", None]
    assert (happened.took_ms, service.logs) == (40, ["12 pages"])
    assert broker.aftermath(target) == Aftermath()
