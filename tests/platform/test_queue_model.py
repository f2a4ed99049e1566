"""Law: whatever is pushed, run, failed and cancelled in whatever order, the queue is a dict of events that are due."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from forgesim.platform.queue.limits import BACK_OFF_MS, RETENTION_MS
from forgesim.platform.queue.service import Delivery, Origin, Pending, QueueService, Retry

QUEUES = st.sampled_from(["one", "two"])
JOBS = st.sampled_from(["a", "b", "c"])
EVENTS = st.fixed_dictionaries(
    {"body": st.dictionaries(st.sampled_from("xy"), st.integers(0, 3))},
    optional={
        "delayInSeconds": st.integers(0, 900),
        "concurrency": st.fixed_dictionaries({"key": st.sampled_from(["k", "l"]), "limit": st.integers(1, 2)}),
    },
)
CONSUMERS = {"one": 55, "two": 900}


@dataclass
class Held:
    """An event of the model."""

    pushed: int
    due: int
    event: dict[str, Any]
    retries: int = 0


class QueueModel(RuleBasedStateMachine):
    """Pushes, runs, failures, cancellations and waits on the real queue and on a dict per job."""

    @initialize(seed=st.integers(0, 5), reorders=st.booleans(), parallel=st.integers(1, 4))
    def begin(self, seed: int, reorders: bool, parallel: int) -> None:
        self.queue = QueueService(Delivery(seed=seed, reorders=reorders, parallel=parallel))
        self.parallel, self.now = parallel, 1_000_000
        self.held: dict[tuple[str, str], list[Held]] = {}
        self.counts: dict[tuple[str, str], list[int]] = {}
        self.running: list[tuple[Pending, Held]] = []
        self.known: dict[str, Held] = {}
        self.cancelled: set[str] = set()

    def ask(self, verb: Any, body: dict[str, Any]) -> tuple[int, Any]:
        answer = self.queue.perform(
            verb, msgspec.json.encode(body), origin=Origin("r", "r", 0), consumers=CONSUMERS, now_ms=self.now
        )
        return answer.status, msgspec.json.decode(answer.body) if answer.body else None

    @rule(queue=QUEUES, job=JOBS, events=st.lists(EVENTS, min_size=1, max_size=4))
    def push(self, queue: str, job: str, events: list[dict[str, Any]]) -> None:
        assert self.ask("publish", {"queueName": queue, "jobId": job, "payload": events}) == (201, None)
        self.counts.setdefault((queue, job), [0, 0])
        for event in events:
            due = self.now + max(1_000, 1_000 * event.get("delayInSeconds", 0))
            self.held.setdefault((queue, job), []).append(Held(self.now, due, event))
        new = [each.id for each in self.queue.waiting() if each.id not in self.known]
        self.known |= dict(zip(new, self.held[queue, job][-len(events) :], strict=True))

    @rule(queue=QUEUES, job=JOBS)
    def cancel(self, queue: str, job: str) -> None:
        known = (queue, job) in self.counts
        assert self.ask("cancel", {"queueName": queue, "jobId": job})[0] == (204 if known else 404)
        gone = self.held.pop((queue, job), [])
        self.cancelled |= {id_ for id_, held in self.known.items() if any(held is each for each in gone)}

    @rule(queue=QUEUES, job=JOBS)
    def stats(self, queue: str, job: str) -> None:
        status, told = self.ask("stats", {"queueName": queue, "jobId": job})
        if (queue, job) not in self.counts:
            assert status == 404
            return
        success, failed = self.counts[queue, job]
        waiting = len(self.held.get((queue, job), []))
        assert told == {"success": success, "inProgress": waiting, "failed": failed}

    @rule(ms=st.sampled_from([1, 999, 1_000, 30_000, 900_000, RETENTION_MS]))
    def wait(self, ms: int) -> None:
        self.now += ms

    @rule(jumps=st.booleans())
    def take(self, jumps: bool) -> None:
        if jumps and self.queue.next_ms is not None:
            self.now = max(self.now, self.queue.next_ms)
        for each in self.queue.take(self.now):
            held = self.known[each.id]
            assert held.due == each.due_ms <= self.now
            assert (held.event["body"], held.retries) == (each.event.body, each.retries)
            assert each.id not in self.cancelled
            self.running.append((each, held))

    @precondition(lambda self: self.running)
    @rule(which=st.integers(0, 9), how=st.sampled_from(["done", "failed", "asked", "given_up"]))
    def end(self, which: int, how: str) -> None:
        each, held = self.running.pop(which % len(self.running))
        mine = self.held.get((each.queue, each.job), [])
        waited = any(held is other for other in mine)
        after = 5_000 if how == "asked" else BACK_OFF_MS[min(held.retries, len(BACK_OFF_MS) - 1)]
        again = how in ("failed", "asked") and self.now + after <= held.pushed + RETENTION_MS
        match how:
            case "done":
                self.queue.done(each, self.now)
            case "given_up":
                self.queue.given_up(each)
            case _:
                self.queue.failed(each, Retry("R", 5 if how == "asked" else None), self.now)
        if not waited:
            return
        if again:
            held.retries, held.due = held.retries + 1, self.now + after
            return
        self.held[each.queue, each.job] = [other for other in mine if other is not held]
        self.counts[each.queue, each.job][how != "done"] += 1

    @invariant()
    def no_more_run_than_may(self) -> None:
        if not hasattr(self, "running"):
            return
        assert len(self.running) <= self.parallel
        for each, _ in self.running:
            limit = each.event.concurrency
            if limit is not None:
                key = limit.key
                alike = [e for e, _ in self.running if e.event.concurrency and e.event.concurrency.key == key]
                assert len(alike) <= max(e.event.concurrency.limit for e in alike if e.event.concurrency)

    @invariant()
    def what_waits_is_what_is_held_and_does_not_run(self) -> None:
        if not hasattr(self, "running"):
            return
        resting = [
            h.due for mine in self.held.values() for h in mine if all(h is not other for _, other in self.running)
        ]
        assert sorted(each.due_ms for each in self.queue.waiting()) == sorted(resting)
        assert self.queue.next_ms == min(resting, default=None)


TestQueueModel = QueueModel.TestCase
