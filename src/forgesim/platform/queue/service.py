"""The queue of one installation: what was pushed, what is due, and what became of each job."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import msgspec

from forgesim.ids import derive, derived_uuid
from forgesim.platform.queue.limits import (
    BACK_OFF_MS,
    DELIVERY_MS,
    DUPLICATE_ONE_IN,
    EVENTS_PER_MINUTE,
    LONG_EVENT_BYTES,
    LONG_TIMEOUT_S,
    MAX_CHAIN,
    MAX_RETRY_AFTER_S,
    MAX_RETRY_DATA_BYTES,
    MINUTE_MS,
    MOST_RUNS,
    RETENTION_MS,
)
from forgesim.platform.queue.rules import Event, Push, PushError, Verb, asked, back_off_ms, pushed
from forgesim.seam import Answer

__all__ = ["Delivery", "Origin", "Pending", "QueueService", "Retry"]

_JSON = (("content-type", "application/json"),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """How events come: ``reorders`` those that are due at the same time, ``duplicates`` some, and runs up to
    ``parallel`` at a time. The seed and the event alone decide, so that no event changes how another one comes. After
    ``most_runs`` an event is given up, though the platform would go on for a day: ours, for whoever cannot wait."""

    seed: int = 0
    reorders: bool = False
    duplicates: bool = False
    parallel: int = 1
    most_runs: int = MOST_RUNS


class Origin(NamedTuple):
    """The invocation that pushed, the one that it goes back to, and how many pushes lie between them."""

    root: str
    parent: str
    depth: int


class Retry(NamedTuple):
    """Why an event is to be run again, after how long (null: the platform's back-off) and with which data."""

    reason: str
    after_s: float | None = None
    data: Any = None


@dataclass(slots=True)
class Pending:
    """An event that waits for its run, or is in it."""

    id: str
    queue: str
    job: str
    event: Event
    origin: Origin
    pushed_ms: int
    due_ms: int
    number: int
    retries: int = 0
    again: Retry | None = None
    duplicate: bool = False

    def argument(self, now_ms: int) -> dict[str, Any]:
        """What a consumer of the second version gets."""
        given: dict[str, Any] = {
            "body": self.event.body,
            "jobId": self.job,
            "queueName": self.queue,
            "eventId": self.id,
        }
        if self.event.delay_s is not None:
            given["delayInSeconds"] = self.event.delay_s
        if self.event.concurrency is not None:
            given["concurrency"] = self.event.concurrency._asdict()
        if self.again is not None:
            given["retryContext"] = {
                "retryCount": self.retries,
                "retryReason": self.again.reason,
                "retryData": self.again.data,
                "retentionWindow": {
                    "startTime": self.pushed_ms,
                    "remainingTimeMs": max(0, self.pushed_ms + RETENTION_MS - now_ms),
                },
            }
        return given


@dataclass(slots=True)
class _Job:
    events: int = 0
    success: int = 0
    failed: int = 0
    waiting: set[str] = field(default_factory=set)


Consumers = Mapping[str, int]
"""Queue → seconds that its consumer may run."""


class QueueService:
    """Answers pushes, statistics and cancellations, and hands out what is due."""

    def __init__(self, delivery: Delivery | None = None) -> None:
        self.delivery = delivery or Delivery()
        self._pending: dict[str, Pending] = {}
        self._running: dict[str, Pending] = {}
        self._jobs: dict[tuple[str, str], _Job] = {}
        self._pushes: list[tuple[int, int]] = []
        self._numbers = 0

    # --- requests ---------------------------------------------------------------------------------------------------

    def perform(self, verb: Verb, body: bytes, *, origin: Origin, consumers: Consumers, now_ms: int) -> Answer:
        """201 taken, 202 with the events that were not, 200 with counts, 204 cancelled; 400, 404, 405, 413 and 429."""
        try:
            match verb:
                case "publish":
                    return self._publish(pushed(body), origin, consumers, now_ms)
                case "stats":
                    return self._stats(body)
                case _:
                    return self._cancel(body)
        except PushError as error:
            return _refused(error.status, str(error))

    def _publish(self, push: Push, origin: Origin, consumers: Consumers, now_ms: int) -> Answer:
        if push.queue not in consumers:
            raise PushError(400, f"no consumer of the app takes the queue {push.queue}")
        if origin.depth >= MAX_CHAIN:
            raise PushError(405, f"more than {MAX_CHAIN} pushes came one from the other")
        long = consumers[push.queue] > LONG_TIMEOUT_S
        read = [_bounded(event, long=long) for event in push.events]
        taken = [(number, event) for number, event in enumerate(read) if isinstance(event, Event)]
        failed = [{"index": n, "errorMessage": says} for n, says in enumerate(read) if isinstance(says, str)]
        if not taken:
            return _refused(400, str(failed[0]["errorMessage"]))
        self._count(len(taken), now_ms)
        for _, event in taken:
            self._add(push, event, origin, now_ms)
        if not failed:
            return Answer(201)
        return Answer(202, msgspec.json.encode({"failedEvents": failed}), _JSON)

    def _count(self, events: int, now_ms: int) -> None:
        """Take note of events. Raises PushError where a minute has too many; those are not counted."""
        self._pushes = [(at, many) for at, many in self._pushes if at > now_ms - MINUTE_MS]
        if sum(many for _, many in self._pushes) + events > EVENTS_PER_MINUTE:
            raise PushError(429, f"more than {EVENTS_PER_MINUTE} events were pushed in a minute")
        self._pushes.append((now_ms, events))

    def _add(self, push: Push, event: Event, origin: Origin, now_ms: int) -> None:
        self._numbers += 1
        job = self._jobs.setdefault((push.queue, push.job), _Job())
        job.events += 1
        id_ = derived_uuid("event", push.queue, push.job, job.events)
        due = now_ms + (DELIVERY_MS if event.delay_s is None else max(DELIVERY_MS, round(event.delay_s * 1000)))
        self._pending[id_] = Pending(id_, push.queue, push.job, event, origin, now_ms, due, self._numbers)
        job.waiting.add(id_)

    def _stats(self, body: bytes) -> Answer:
        job = self._job(body)
        counts = {"success": job.success, "inProgress": len(job.waiting), "failed": job.failed}
        return Answer(200, msgspec.json.encode(counts), _JSON)

    def _cancel(self, body: bytes) -> Answer:
        """What has not begun is never run, and counts for nothing; what runs is not run again."""
        job = self._job(body)
        for id_ in job.waiting:
            self._pending.pop(id_, None)
        job.waiting.clear()
        return Answer(204)

    def _job(self, body: bytes) -> _Job:
        name = asked(body)
        try:
            return self._jobs[name.queue, name.job]
        except KeyError:
            raise PushError(404, f"the queue {name.queue} has no job of this id") from None

    # --- runs -------------------------------------------------------------------------------------------------------

    @property
    def next_ms(self) -> int | None:
        """When the next event is due; null where none waits."""
        return min((each.due_ms for each in self._pending.values()), default=None)

    def take(self, now_ms: int) -> list[Pending]:
        """What is to run now, side by side: no more of a concurrency key than its limit. Each is told of by ``done``,
        ``failed`` or ``given_up`` afterwards."""
        due = sorted((each for each in self._pending.values() if each.due_ms <= now_ms), key=self._order)
        busy: Counter[str] = Counter(
            each.event.concurrency.key for each in self._running.values() if each.event.concurrency
        )
        batch: list[Pending] = []
        for each in due:
            if len(batch) + len(self._running) >= self.delivery.parallel:
                break
            limit = each.event.concurrency
            if limit is not None:
                if busy[limit.key] >= limit.limit:
                    continue
                busy[limit.key] += 1
            batch.append(each)
        for each in batch:
            self._running[each.id] = self._pending.pop(each.id)
        return batch

    def _order(self, each: Pending) -> tuple[int, int]:
        if self.delivery.reorders:
            return derive("order", self.delivery.seed, each.id, each.retries), each.number
        return each.due_ms, each.number

    def done(self, each: Pending, now_ms: int) -> None:
        """Its run ended well. With duplicates on, some events come once more all the same."""
        again = self._is_waited_for(each) and self._comes_again(each)
        self._settle(each, "success")
        if again:
            each.duplicate, each.again, each.due_ms = True, None, now_ms + DELIVERY_MS
            self._pending[each.id] = each

    def _comes_again(self, each: Pending) -> bool:
        if not self.delivery.duplicates or each.duplicate:
            return False
        return derive("duplicate", self.delivery.seed, each.id) % DUPLICATE_ONE_IN == 0

    def failed(self, each: Pending, retry: Retry, now_ms: int) -> None:
        """Its run failed, or asked to be made again: it is, inside the time that events are kept."""
        after = back_off_ms(each.retries, BACK_OFF_MS) if retry.after_s is None else _after_ms(retry.after_s)
        late = now_ms + after > each.pushed_ms + RETENTION_MS or each.retries + 1 >= self.delivery.most_runs
        if late or each.duplicate or not self._is_waited_for(each):
            self.given_up(each)
            return
        self._running.pop(each.id)
        each.again = retry._replace(data=_kept(retry.data))
        each.retries += 1
        each.due_ms = now_ms + after
        self._pending[each.id] = each

    def given_up(self, each: Pending) -> None:
        """It is not run again."""
        self._settle(each, "failed")

    def _settle(self, each: Pending, how: str) -> None:
        self._running.pop(each.id)
        job = self._jobs[each.queue, each.job]
        if not each.duplicate and each.id in job.waiting:
            job.waiting.discard(each.id)
            setattr(job, how, getattr(job, how) + 1)

    def _is_waited_for(self, each: Pending) -> bool:
        return each.id in self._jobs[each.queue, each.job].waiting

    def waiting(self) -> Iterator[Pending]:
        """Events that the platform keeps, in the order in which they were pushed."""
        yield from sorted(self._pending.values(), key=lambda each: each.number)

    def drop(self) -> None:
        """Forget everything: the installation is gone."""
        self._pending.clear()
        self._running.clear()
        self._jobs.clear()
        self._pushes.clear()
        self._numbers = 0


def _bounded(event: Event | str, *, long: bool) -> Event | str:
    if isinstance(event, Event) and long and event.size > LONG_EVENT_BYTES:
        return f"an event for a consumer that may run over {LONG_TIMEOUT_S} s may have {LONG_EVENT_BYTES} bytes"
    return event


def _after_ms(seconds: float) -> int:
    return round(min(max(seconds, 1), MAX_RETRY_AFTER_S) * 1000)


def _kept(data: Any) -> Any:
    """Data for the next run; what is over the limit is dropped (ours: nothing is published)."""
    return None if len(json.dumps(data, ensure_ascii=False).encode()) > MAX_RETRY_DATA_BYTES else data


def _refused(status: int, says: str) -> Answer:
    """``errorMessage`` is what the SDK reads of a 413, ``message`` what it reads of others."""
    return Answer(status, msgspec.json.encode({"code": status, "message": says, "errorMessage": says}), _JSON)
