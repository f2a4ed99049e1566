"""What a push, a question for statistics and a cancellation must look like. Pure.

The words of refusals are ours: Forge publishes statuses and fields, and no texts.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

from forgesim.platform.queue.limits import LONGEST_KEY, MAX_DELAY_S, MAX_EVENTS, MAX_LIMIT, MAX_PUSH_BYTES
from forgesim.strict import strict

__all__ = ["Asked", "Concurrency", "Event", "Push", "PushError", "Verb", "asked", "back_off_ms", "pushed", "verb_of"]

Verb = Literal["publish", "stats", "cancel"]

_PATH = re.compile(r"/webhook/queue/(publish|stats|cancel)/[^/]+/[^/]+/[^/]+/[^/]+")
"""The SDK leaves the four names in braces; the platform fills them in, whatever stands there."""
_NAME = re.compile(r"[a-zA-Z0-9_-]+")
_LONGEST_JOB = 200


class PushError(ValueError):
    """A request that the service refuses with ``status``, in words."""

    def __init__(self, status: int, says: str) -> None:
        self.status = status
        super().__init__(says)


class Concurrency(NamedTuple):
    """At most ``limit`` runs at a time of events with this key, over all queues of the installation."""

    key: str
    limit: int


class Event(NamedTuple):
    """One event of a push. ``delay_s`` is null where it does not say; ``size`` is in bytes of JSON."""

    body: Mapping[str, Any]
    delay_s: int | float | None
    concurrency: Concurrency | None
    size: int


class Push(NamedTuple):
    """The events of a push by their number, each read or with why it was not taken."""

    queue: str
    job: str
    events: Sequence[Event | str]


class Asked(NamedTuple):
    """A job by its queue and id."""

    queue: str
    job: str


def verb_of(path: str) -> Verb | None:
    """What a path asks for; null where it is none of the queue's."""
    form = _PATH.fullmatch(path)
    return None if form is None else form[1]  # type: ignore[return-value]


def pushed(body: bytes) -> Push:
    """The parsed push. Raises PushError where nothing of it can be taken."""
    data = _read(body)
    events = data.get("payload")
    if not isinstance(events, list) or not events:
        raise PushError(400, "payload must be a list with at least one event")
    if len(events) > MAX_EVENTS:
        raise PushError(400, f"a push holds at most {MAX_EVENTS} events, not {len(events)}")
    sizes = [_size(event) for event in events]
    if sum(sizes) + len(events) + 1 > MAX_PUSH_BYTES:
        raise PushError(413, f"the events of a push may have {MAX_PUSH_BYTES} bytes")
    name = _named(data)
    return Push(name.queue, name.job, [_event(event, size) for event, size in zip(events, sizes, strict=True)])


def asked(body: bytes) -> Asked:
    """The job that a question or a cancellation is about. Raises PushError."""
    return _named(_read(body))


def back_off_ms(retries: int, steps: Sequence[int]) -> int:
    """Time to the next run after ``retries`` earlier ones that were tried again."""
    return steps[min(retries, len(steps) - 1)]


def _read(body: bytes) -> dict[str, Any]:
    try:
        data = strict(body)
    except ValueError as error:
        raise PushError(400, str(error)) from None
    if not isinstance(data, dict):
        raise PushError(400, "the body must be an object")
    return data


def _named(data: Mapping[str, Any]) -> Asked:
    queue, job = data.get("queueName"), data.get("jobId")
    if not isinstance(queue, str) or not _NAME.fullmatch(queue):
        raise PushError(400, "queueName must have letters, digits, - and _ only")
    if not isinstance(job, str) or not 0 < len(job) <= _LONGEST_JOB:
        raise PushError(400, "jobId must be a text")
    return Asked(queue, job)


def _size(event: Any) -> int:
    return len(json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode())


def _event(event: Any, size: int) -> Event | str:
    if not isinstance(event, dict) or not isinstance(event.get("body"), dict):
        return "an event needs a body that is an object"
    delay = event.get("delayInSeconds")
    if delay is not None and (not _is_number(delay) or not 0 <= delay <= MAX_DELAY_S):
        return f"delayInSeconds must be a number from 0 to {MAX_DELAY_S}"
    concurrency = event.get("concurrency")
    if concurrency is None:
        return Event(event["body"], delay, None, size)
    read = _concurrency(concurrency)
    return read if isinstance(read, str) else Event(event["body"], delay, read, size)


def _concurrency(given: Any) -> Concurrency | str:
    key, limit = (given.get("key"), given.get("limit")) if isinstance(given, dict) else (None, None)
    if not isinstance(key, str) or not 0 < len(key) <= LONGEST_KEY:
        return f"concurrency needs a key of 1 to {LONGEST_KEY} characters"
    if not isinstance(limit, int) or isinstance(limit, bool) or not 1 <= limit <= MAX_LIMIT:
        return f"concurrency needs a limit of 1 to {MAX_LIMIT}"
    return Concurrency(key, limit)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
