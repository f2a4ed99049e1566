"""``Queue``: events for the app's own consumers; ``app_events`` for its triggers; ``InvocationError``, by which a
consumer or trigger asks to be run again."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from forgesim.sdk.errors import (
    InternalServerError,
    InvalidQueueNameError,
    InvocationLimitReachedError,
    JobDoesNotExistError,
    PartialSuccessError,
    PayloadTooBigError,
    QueueError,
    RateLimitError,
)
from forgesim.sdk.fetch import Init, forge_fetch, raise_for_proxy
from forgesim.sdk.response import Response
from forgesim.sdk.wire import encode

__all__ = ["AppEvents", "InvocationError", "InvocationErrorCode", "Job", "Queue", "app_events"]

_DESCRIPTOR = {"type": "fpp", "provider": "app", "remote": "stargate"}
_HEADERS = [("content-type", "application/json")]
_PLACE = "{contextAri}/{environmentId}/{appId}/{appVersion}"  # the platform fills the braces in
_NAME = re.compile(r"[a-zA-Z0-9_-]+")
MAX_EVENTS = 50
MAX_DELAY_S = 900
MAX_BYTES = 200 * 1024


def _now() -> str:
    moment = datetime.now(UTC)  # noqa: TID251 -- the app's clock, which the guest moves
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


async def _post(verb: str, body: bytes) -> Response:
    path = f"/webhook/queue/{verb}/{_PLACE}"
    return raise_for_proxy(await forge_fetch(_DESCRIPTOR, path, Init("POST", _HEADERS, body)))


class Queue:
    """One queue of the manifest's consumers. Raises InvalidQueueNameError for a key of other characters."""

    __slots__ = ("key",)

    def __init__(self, key: str) -> None:
        if not _NAME.fullmatch(key):
            raise InvalidQueueNameError(f"a queue name has letters, digits, - and _ only, not {key!r}")
        self.key = key

    async def push(self, events: Mapping[str, Any] | Sequence[Mapping[str, Any]]) -> dict[str, str]:
        """Push one event or up to 50: ``{"body": {…}, "delayInSeconds"?: 0..900, "concurrency"?: {key, limit}}``.

        Answers ``{"jobId": …}``. Raises QueueError, or the class below it that fits the refusal.
        """
        items = [events] if isinstance(events, Mapping) else list(events)
        _check(items)
        job = str(uuid.uuid4())  # noqa: TID251 -- seeded per invocation by the guest
        body = {
            "queueName": self.key,
            "jobId": job,
            "type": "avi:forge:app:event",
            "schema": "ari:cloud:ecosystem::forge/app-event-2",
            "payload": items,
            "time": _now(),
        }
        await _raise_for_status(await _post("publish", encode(body)))
        return {"jobId": job}

    def get_job(self, job_id: str) -> Job:
        return Job(self.key, job_id)

    async def get_stats(self, job_id: str) -> dict[str, int]:
        """As ``get_job(job_id).get_stats()``."""
        return await self.get_job(job_id).get_stats()

    async def cancel(self, job_id: str) -> None:
        """As ``get_job(job_id).cancel()``."""
        await self.get_job(job_id).cancel()


class Job:
    """What became of the events of one push."""

    __slots__ = ("id", "queue_name")

    def __init__(self, queue_name: str, job_id: str) -> None:
        self.queue_name = queue_name
        self.id = job_id

    async def get_stats(self) -> dict[str, int]:
        """``{"success", "inProgress", "failed"}``. Raises JobDoesNotExistError, QueueError."""
        response = await self._ask("stats")
        stats = await response.json()
        return {name: int(stats[name]) for name in ("success", "inProgress", "failed")}

    async def cancel(self) -> None:
        await self._ask("cancel")

    async def _ask(self, verb: str) -> Response:
        body = encode({"queueName": self.queue_name, "jobId": self.id, "time": _now()})
        response = await _post(verb, body)
        if response.status == 404:
            raise JobDoesNotExistError(f"no job {self.id} in queue {self.queue_name}")
        await _raise_for_status(response)
        return response


def _check(items: list[Any]) -> None:
    if not 1 <= len(items) <= MAX_EVENTS:
        raise QueueError(f"a push holds 1 to {MAX_EVENTS} events, not {len(items)}")
    for number, item in enumerate(items):
        if not isinstance(item, Mapping) or not isinstance(item.get("body"), Mapping):
            raise QueueError(f"event {number} needs a body that is an object")
        delay = item.get("delayInSeconds", 0)
        if not isinstance(delay, (int, float)) or not 0 <= delay <= MAX_DELAY_S:
            raise QueueError(f"delayInSeconds of event {number} must be 0 to {MAX_DELAY_S}")
    size = len(encode(items))
    if size > MAX_BYTES:
        raise PayloadTooBigError(f"the events have {size} bytes, {MAX_BYTES} are allowed")


async def _raise_for_status(response: Response) -> None:
    if response.status in (200, 201, 204):
        return
    try:
        answer = await response.json()
    except ValueError:
        answer = None
    answer = answer if isinstance(answer, dict) else {}
    message = str(answer.get("errorMessage") or "")
    match response.status:
        case 202:
            failed = answer.get("failedEvents") or []
            raise PartialSuccessError(message or f"{len(failed)} events were not taken", failed)
        case 413:
            raise PayloadTooBigError(message or "the events are too big")
        case 429:
            raise RateLimitError(message or "too many events")
        case 405:
            raise InvocationLimitReachedError(message or "the limit of chained invocations is reached")
        case status:
            raise InternalServerError(f"{status} {response.status_text}: {message}")


_ERROR_TYPES = {
    400: "VALIDATION_ERROR",
    401: "AUTHENTICATION_ERROR",
    403: "AUTHORIZATION_ERROR",
    429: "RATE_LIMIT",
    500: "SERVICE_ERROR",
    503: "SERVICE_UNAVAILABLE",
}


class AppEvents:
    """Events of the manifest's ``event`` modules."""

    __slots__ = ()

    async def publish(self, events: Mapping[str, str] | Sequence[Mapping[str, str]]) -> dict[str, Any]:
        """Publish one event or up to ten: ``{"key": …}``.

        Answers ``{"type": "success", "failedEvents": […]}``, or ``{"type": "error", "errorType", "errorMessage"}``;
        raises ProxyRequestError alone.
        """
        items = [events] if isinstance(events, Mapping) else list(events)
        body = encode({"events": [{"key": each.get("key")} for each in items]})
        path = "/forge/events/v1/app-events"
        response = raise_for_proxy(await forge_fetch(_DESCRIPTOR, path, Init("POST", _HEADERS, body)))
        try:
            answer = await response.json()
        except ValueError:
            answer = {}
        told = answer if isinstance(answer, dict) else {}
        if response.ok:
            return {"type": "success", "failedEvents": told.get("failedEvents") or []}
        error = _ERROR_TYPES.get(response.status, "OTHER")
        return {"type": "error", "errorType": error, "errorMessage": _error_of(told)}


def _error_of(answer: Mapping[str, Any]) -> str:
    texts, named = answer.get("errorMessages"), answer.get("errors")
    if isinstance(texts, list) and texts:
        return ", ".join(map(str, texts))
    if isinstance(named, Mapping):
        return ", ".join(f"{name}: {value}" for name, value in named.items())
    return encode(answer).decode()


app_events = AppEvents()


class InvocationErrorCode:
    """Reasons that ``InvocationError`` may name."""

    FUNCTION_OUT_OF_MEMORY = "FUNCTION_OUT_OF_MEMORY"
    FUNCTION_TIME_OUT = "FUNCTION_TIME_OUT"
    FUNCTION_PLATFORM_UNKNOWN_ERROR = "FUNCTION_PLATFORM_UNKNOWN_ERROR"
    FUNCTION_PLATFORM_RATE_LIMITED = "FUNCTION_PLATFORM_RATE_LIMITED"
    FUNCTION_UPSTREAM_RATE_LIMITED = "FUNCTION_UPSTREAM_RATE_LIMITED"
    FUNCTION_RETRY_REQUEST = "FUNCTION_RETRY_REQUEST"


class InvocationError:
    """*Return* it from a trigger or consumer to be run again after ``retry_after`` seconds (1 to 900)."""

    __slots__ = ("retry_after", "retry_data", "retry_reason")

    def __init__(
        self,
        *,
        retry_after: float | None = None,
        retry_reason: str | None = None,
        retry_data: Any = None,
    ) -> None:
        self.retry_after = max(1, retry_after or 1)
        self.retry_reason = retry_reason or InvocationErrorCode.FUNCTION_RETRY_REQUEST
        self.retry_data = retry_data

    def to_json(self) -> dict[str, Any]:
        options: dict[str, Any] = {"retryAfter": self.retry_after, "retryReason": self.retry_reason}
        if self.retry_data is not None:
            options["retryData"] = self.retry_data
        return {"_retry": True, "retryOptions": options}
