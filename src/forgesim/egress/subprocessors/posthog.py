"""PostHog's capture endpoints: what they accept, what they refuse, and what they received.

Source: PostHog's public API documentation ("Capture and batch API endpoints") and its open-source capture
service, read 2026; independent re-implementation, in our words.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qs

import msgspec

from forgesim.egress.subprocessors.service import ServiceRequest, json_answer, not_emulated
from forgesim.seam import Answer

__all__ = ["CapturedEvent", "PostHog"]

MAX_BODY: Final = 20 * 1024 * 1024
"""Bytes of a request after decompression (documentation of the batch endpoint)."""
MAX_NAME: Final = 200
"""Characters of an event's name and of a distinct id."""
MAX_TOKEN: Final = 64
"""Characters of a project token."""

_SINGLE: Final[Mapping[str, object]] = {
    "/capture": {"status": 1},
    "/e": {"status": 1},
    "/i/v0/e": {"status": "Ok"},
}
_BATCH: Final = "/batch"
_OTHER_COMPRESSIONS: Final = ("base64", "br", "deflate", "lz64", "zstd")
_ELSEWHERE: Final = ("/flags", "/decide", "/s", "/i", "/api", "/array", "/static", "/engage", "/track")


class CapturedEvent(msgspec.Struct, frozen=True):
    """An event as it was accepted; ``at_ms`` is the virtual time of its arrival."""

    at_ms: int
    token: str
    event: str
    distinct_id: str
    properties: dict[str, Any]
    path: str


class _RefusedError(Exception):
    def __init__(self, status: int, kind: str, code: str, detail: str) -> None:
        self.status = status
        self.body = {"type": kind, "code": code, "detail": detail, "attr": None}
        super().__init__(detail)


class PostHog:
    """``/capture/``, ``/e/``, ``/i/v0/e/`` and ``/batch/``, with or without the final slash.

    ``events`` has everything accepted, in order. A batch is accepted or refused as a whole. Endpoints beside
    capture, and compression other than gzip, are answered 501 with their name.
    """

    __slots__ = ("events",)

    def __init__(self) -> None:
        self.events: list[CapturedEvent] = []

    def answer(self, request: ServiceRequest) -> Answer:
        path = request.path.rstrip("/")
        if path not in _SINGLE and path != _BATCH:
            if any(path == other or path.startswith(other + "/") for other in _ELSEWHERE):
                return not_emulated(f"posthog {request.path}")
            return json_answer(404, _words("invalid_request", "not_found", "There is no such endpoint."))
        if request.method == "OPTIONS":
            return Answer(204, b"", (("allow", "POST, OPTIONS"),))
        if request.method != "POST":
            text = f"{request.method} is not allowed here."
            refused = json_answer(405, _words("invalid_request", "method_not_allowed", text))
            return Answer(405, refused.body, (*refused.headers, ("allow", "POST, OPTIONS")))
        compression = _compression(request)
        if compression in _OTHER_COMPRESSIONS:
            return not_emulated(f"posthog compression={compression}")
        try:
            self.events += _accepted(request, path, compression)
        except _RefusedError as refusal:
            return json_answer(refusal.status, refusal.body)
        return json_answer(200, _SINGLE.get(path, {"status": "Ok"}))


def _words(kind: str, code: str, detail: str) -> dict[str, str | None]:
    return {"type": kind, "code": code, "detail": detail, "attr": None}


def _invalid(detail: str) -> _RefusedError:
    return _RefusedError(400, "validation_error", "invalid_payload", detail)


def _compression(request: ServiceRequest) -> str:
    encoding = request.headers.get("content-encoding", "").strip().lower()
    asked = parse_qs(request.query).get("compression", [""])[-1].lower()
    return encoding if encoding not in ("", "identity") else asked


def _accepted(request: ServiceRequest, path: str, compression: str) -> list[CapturedEvent]:
    if compression not in ("", "gzip", "gzip-js"):
        raise _invalid("There is no such compression.")
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise _invalid(f"The content type must be application/json, not {media_type or 'absent'}.")
    data = _payload(_plain(request.body) if compression else request.body)
    token = _token(data)
    if path != _BATCH:
        return [_event(data, token, request)]
    batch = data.get("batch")
    if not isinstance(batch, list) or not batch:
        raise _invalid("batch must be a list with at least one event.")
    return [_event(item, token, request) for item in batch]


def _plain(body: bytes) -> bytes:
    """Gunzip no further than the limit, so that a small body cannot become a huge one."""
    reader = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    try:
        plain = reader.decompress(body, MAX_BODY + 1)
    except zlib.error:
        raise _invalid("The body is not gzip.") from None
    if len(plain) <= MAX_BODY and not reader.eof:
        raise _invalid("The gzip body is cut off.")
    return plain


def _payload(body: bytes) -> dict[str, Any]:
    if len(body) > MAX_BODY:
        text = f"The request is over {MAX_BODY} bytes."
        raise _RefusedError(413, "invalid_request", "payload_too_large", text)
    try:
        data = msgspec.json.decode(body)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        raise _invalid("The body is not valid JSON.") from None
    if not isinstance(data, dict):
        raise _invalid("The body must be a JSON object.")
    return data


def _token(data: Mapping[str, Any]) -> str:
    token = data.get("api_key") or data.get("token")
    if not token:
        text = "No project API key was given."
        raise _RefusedError(401, "authentication_error", "missing_api_key", text)
    usable = isinstance(token, str) and token.isascii() and len(token) <= MAX_TOKEN and token.isprintable()
    if not usable or token.startswith("phx_"):  # phx_ begins a personal key, which no client may send
        text = "The project API key is not valid."
        raise _RefusedError(401, "authentication_error", "invalid_api_key", text)
    return str(token)


def _event(data: object, token: str, request: ServiceRequest) -> CapturedEvent:
    if not isinstance(data, dict):
        raise _invalid("An event must be an object.")
    name = data.get("event")
    if not isinstance(name, str) or not name.strip():
        raise _invalid("event is missing or empty.")
    if len(name) > MAX_NAME:
        raise _invalid(f"event is over {MAX_NAME} characters.")
    properties = data.get("properties")
    if properties is not None and not isinstance(properties, dict):
        raise _invalid("properties must be an object.")
    properties = properties or {}
    who = _distinct_id(data.get("distinct_id", properties.get("distinct_id")))
    return CapturedEvent(request.now_ms, token, name, who, properties, request.path)


def _distinct_id(given: object) -> str:
    if isinstance(given, bool) or not isinstance(given, str | int | float):
        raise _invalid("distinct_id is missing or no string.")
    text = str(given)
    if not text.strip():
        raise _invalid("distinct_id is empty.")
    if len(text) > MAX_NAME:
        raise _invalid(f"distinct_id is over {MAX_NAME} characters.")
    return text
