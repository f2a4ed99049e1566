"""API Gateway (HTTP API, one ``$default`` route) in front of a Lambda function: the vendor's own code on AWS.

Sources, read 2026, in our words: AWS documentation "Work with Lambda proxy integrations for HTTP APIs" (payload format
2.0, inferred responses), "Quotas for HTTP APIs", "Lambda quotas"; the function's own errors follow "Invoke".
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final, Literal, Protocol
from urllib.parse import parse_qsl

import msgspec

from forgesim.egress.subprocessors.service import (
    Aftermath,
    ServiceEvent,
    ServiceRequest,
    json_answer,
)
from forgesim.ids import derived_uuid
from forgesim.seam import Answer

__all__ = ["MAX_PAYLOAD", "MAX_SYNCHRONOUS", "TIMEOUT_MS", "AwsLambda", "Ended", "Runner", "event_of"]

MAX_PAYLOAD: Final = 10 * 1024 * 1024
"""Bytes of a request that API Gateway takes (HTTP APIs, not adjustable)."""
MAX_SYNCHRONOUS: Final = 6 * 1024 * 1024
"""Bytes of an event, and of an answer, that a synchronous invocation of Lambda takes."""
TIMEOUT_MS: Final = 30_000
"""How long API Gateway waits for an integration (HTTP APIs, not adjustable)."""

_TEXT: Final = ("text/", "application/json", "application/javascript", "application/xml")
_WORDS: Final[Mapping[int, str]] = {
    413: "Request Entity Too Large",
    429: "Too Many Requests",
    500: "Internal Server Error",
    502: "Internal server error",
    504: "Endpoint request timed out",
}


class Ended(msgspec.Struct, frozen=True):
    """How one run of a handler ended. ``result`` is JSON bytes; ``took_ms`` virtual time; ``events`` in order."""

    ending: Literal["ok", "error", "timeout", "killed"]
    result: bytes = b"null"
    took_ms: int = 0
    events: tuple[ServiceEvent, ...] = ()


class Runner(Protocol):
    """Runs a vendor's handler away from everything. It never raises for what the handler does."""

    def run(
        self,
        event: Mapping[str, Any],
        *,
        handler: str,
        region: str,
        request_id: str,
        now_ms: int,
        timeout_ms: int,
    ) -> Ended: ...


class AwsLambda:
    """One function behind one API. ``logs`` is its CloudWatch log group: whatever the function wrote stays there.

    ``throttle(n)`` refuses the next n requests with 429, as a function at its concurrency limit does. ``served``: how
    many requests came before the first of these, as their ids tell.
    """

    def __init__(self, runner: Runner, *, handler: str, region: str, served: int = 0) -> None:
        self.logs: list[str] = []
        self.region = region
        self.log_group = f"/aws/lambda/{handler.replace('.', '-')}"
        self._runner = runner
        self._handler = handler
        self._throttled = 0
        self._count = served
        self._last = Aftermath()

    def throttle(self, times: int) -> None:
        self._throttled += times

    def answer(self, request: ServiceRequest) -> Answer:
        self._last = Aftermath()
        self._count += 1
        request_id = derived_uuid("aws request", request.host, self._count)
        answer = self._answer(request, request_id)
        return Answer(answer.status, answer.body, (*answer.headers, ("apigw-requestid", request_id)))

    def aftermath(self) -> Aftermath:
        """What the function did during the last request, once."""
        last, self._last = self._last, Aftermath()
        return last

    def _answer(self, request: ServiceRequest, request_id: str) -> Answer:
        if len(request.body) > MAX_PAYLOAD:
            return _says(413)
        if self._throttled > 0:
            self._throttled -= 1
            return _says(429)
        event = event_of(request, request_id)
        if len(msgspec.json.encode(event)) > MAX_SYNCHRONOUS:
            return _says(413)
        ended = self._runner.run(
            event,
            handler=self._handler,
            region=self.region,
            request_id=request_id,
            now_ms=request.now_ms,
            timeout_ms=TIMEOUT_MS,
        )
        events = tuple(self._kept(event) for event in ended.events)
        self._last = Aftermath(events, ended.took_ms)
        if ended.ending == "timeout":
            return _says(504)
        if ended.ending == "killed":
            return _says(502)
        if ended.ending == "error" or len(ended.result) > MAX_SYNCHRONOUS:
            return _says(500)
        return _http(ended.result)

    def _kept(self, event: ServiceEvent) -> ServiceEvent:
        if event.kind != "log":
            return event
        self.logs.append(event.what)
        return ServiceEvent("log", event.what, self.log_group, event.line)


def _says(status: int) -> Answer:
    return json_answer(status, {"message": _WORDS[status]})


def event_of(request: ServiceRequest, request_id: str) -> dict[str, Any]:
    """The request as payload format 2.0: bodies that are not text travel as base64."""
    at = datetime.fromtimestamp(request.now_ms / 1000, UTC)
    text = _as_text(request)
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": request.path,
        "rawQueryString": request.query,
        "headers": dict(request.headers),
        "requestContext": {
            "apiId": "simulated",
            "domainName": request.host,
            "http": {"method": request.method, "path": request.path, "protocol": "HTTP/1.1"},
            "requestId": request_id,
            "routeKey": "$default",
            "stage": "$default",
            "time": at.strftime("%d/%b/%Y:%H:%M:%S +0000"),
            "timeEpoch": request.now_ms,
        },
        "isBase64Encoded": text is None,
    }
    if request.query:
        event["queryStringParameters"] = dict(parse_qsl(request.query, keep_blank_values=True))
    if request.body:
        event["body"] = base64.b64encode(request.body).decode() if text is None else text
    return event


def _as_text(request: ServiceRequest) -> str | None:
    media = request.headers.get("content-type", "text/plain").strip().lower()
    if not media.startswith(_TEXT):
        return None if request.body else ""
    try:
        return request.body.decode()
    except UnicodeDecodeError:
        return None


def _http(result: bytes) -> Answer:
    """What the function returned as an HTTP answer: an object with statusCode is one, anything else is its body."""
    value = msgspec.json.decode(result)
    if not isinstance(value, dict) or "statusCode" not in value:
        body = value.encode() if isinstance(value, str) else result
        return Answer(200, body, (("content-type", "application/json"),))
    status, body, headers = value["statusCode"], value.get("body", ""), value.get("headers") or {}
    cookies = value.get("cookies") or []
    if not isinstance(headers, dict) or not isinstance(cookies, list) or not isinstance(body, str):
        return _says(500)
    if not _is_status(status):
        return _says(500)
    pairs = [(str(name).lower(), str(said)) for name, said in headers.items()]
    pairs += [("set-cookie", str(cookie)) for cookie in cookies]
    if not any(name == "content-type" for name, _ in pairs):
        pairs.append(("content-type", "text/plain; charset=utf-8"))
    data = body.encode("utf-8", "backslashreplace")
    if value.get("isBase64Encoded") is True:
        try:
            data = base64.b64decode(body, validate=True)
        except (binascii.Error, ValueError):
            return _says(500)
    return Answer(int(status), data, tuple(pairs))


def _is_status(value: object) -> bool:
    if isinstance(value, str) and value.isdecimal():
        value = int(value)
    return isinstance(value, int) and not isinstance(value, bool) and 100 <= value <= 599
