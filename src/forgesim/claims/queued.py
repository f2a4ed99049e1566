"""Reading what is pushed to a queue, published as an app event, or left for a retry.

Each event is a write in ``queue``: its key is the queue's name, its value the event's body. A concurrency key is a
write of its own, whose value is its limit; data that a run leaves for its retry is one under ``QUEUE:retry``, and an
app event one of null. What a push has beside these has few forms: a delay is a whole number of seconds, a job a UUID.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from forgesim.clock import iso_utc

__all__ = ["DELAY_BITS", "JOB_BITS", "RETRY_BITS", "Queued", "queued"]

DELAY_BITS, JOB_BITS, RETRY_BITS = 10.0, 122.0, 13.0
"""At most what a delay (0 to 900 s), the id of a job (a random UUID), and the time and reason of a retry carry."""

MOST_S = 900
APP_EVENTS = "/forge/events/v1/app-events"
_ENVELOPE = frozenset({"queueName", "jobId", "type", "schema", "payload", "time"})
_CONST: Mapping[str, str] = {"type": "avi:forge:app:event", "schema": "ari:cloud:ecosystem::forge/app-event-2"}
_EVENT = frozenset({"body", "delayInSeconds", "concurrency"})
_OPTIONS = frozenset({"retryAfter", "retryReason", "retryData"})
_REASONS = frozenset({
    "FUNCTION_OUT_OF_MEMORY", "FUNCTION_TIME_OUT", "FUNCTION_PLATFORM_UNKNOWN_ERROR",
    "FUNCTION_PLATFORM_RATE_LIMITED", "FUNCTION_UPSTREAM_RATE_LIMITED", "FUNCTION_RETRY_REQUEST",
})  # fmt: skip
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


class Queued(NamedTuple):
    """One write. ``wrong`` says why a part of the request could not be read as one; ``value`` is that part then."""

    key: str
    value: Any
    wrong: str | None = None


def queued(verb: str, target: str, body: Any, at_ms: int) -> Iterator[Queued]:
    """The writes of a request or a result on the channel ``queue``; ``at_ms`` is when it crossed."""
    if verb == "retry":
        yield from _retried(target, body)
    elif target == APP_EVENTS:
        yield from _published(body)
    else:
        yield from _pushed(body, at_ms)


def _pushed(body: Any, at_ms: int) -> Iterator[Queued]:
    events = body.get("payload") if isinstance(body, dict) else None
    name = body.get("queueName") if isinstance(body, dict) else None
    if not isinstance(events, list) or not isinstance(name, str):
        yield Queued("", body, "the request is no push")
        return
    if (wrong := _envelope_problem(body, at_ms)) is not None:
        yield Queued(name, {member: value for member, value in body.items() if member != "payload"}, wrong)
    for event in events:
        yield from _event(name, event)


def _envelope_problem(body: Mapping[str, Any], at_ms: int) -> str | None:
    if more := [member for member in body if member not in _ENVELOPE]:
        return f"beside its events the push carries {_short(more[0])}"
    for member, value in _CONST.items():
        if body.get(member, value) != value:
            return f"its {member} is none that a push has"
    if not _is_uuid(body.get("jobId")):
        return "its job is no UUID"
    if body.get("time") not in (None, iso_utc(at_ms)):
        return "its time is not now"
    return None


def _event(name: str, event: Any) -> Iterator[Queued]:
    if not isinstance(event, dict) or "body" not in event:
        yield Queued(name, event, "an event has no body")
        return
    if more := [member for member in event if member not in _EVENT]:
        yield Queued(name, event, f"beside its body an event carries {_short(more[0])}")
        return
    if not _is_whole(event.get("delayInSeconds", 0), MOST_S):
        yield Queued(name, event, "its delay is no whole number of seconds")
        return
    yield Queued(name, event["body"])
    concurrency = event.get("concurrency")
    if concurrency is None:
        return
    if not isinstance(concurrency, dict) or concurrency.keys() != {"key", "limit"}:
        yield Queued(name, concurrency, "its concurrency is no key and limit")
    elif not isinstance(concurrency["key"], str):
        yield Queued(name, concurrency, "its concurrency key is no text")
    else:
        yield Queued(concurrency["key"], concurrency["limit"])


def _published(body: Any) -> Iterator[Queued]:
    events = body.get("events") if isinstance(body, dict) and body.keys() == {"events"} else None
    if not isinstance(events, list):
        yield Queued("", body, "the request publishes no app events")
        return
    for event in events:
        if isinstance(event, dict) and event.keys() == {"key"} and isinstance(event["key"], str):
            yield Queued(event["key"], None)
        else:
            yield Queued("", event, "an app event has a key, and nothing else")


def _retried(name: str, body: Any) -> Iterator[Queued]:
    key = f"{name}:retry"
    given = body.get("retryOptions", {}) if isinstance(body, dict) else None
    if not isinstance(given, dict) or body.keys() - {"_retry", "retryOptions"} or body.get("_retry") is not True:
        yield Queued(key, body, "the result asks for a retry, and carries more")
    elif given.keys() - _OPTIONS or given.get("retryReason", "FUNCTION_RETRY_REQUEST") not in _REASONS:
        yield Queued(key, given, "a retry has a time, a reason of the platform's, and data")
    elif not _is_whole(given.get("retryAfter", 1), MOST_S):
        yield Queued(key, given, "the time to a retry is no whole number of seconds")
    elif "retryData" in given:
        yield Queued(key, given["retryData"])


def _is_whole(value: Any, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= most


def _is_uuid(value: Any) -> bool:
    return isinstance(value, str) and _UUID.fullmatch(value) is not None


def _short(name: str) -> str:
    return repr(name) if len(name) <= 40 else f"a member with a name of {len(name):,} characters"
