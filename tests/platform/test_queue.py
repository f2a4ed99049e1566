"""What a push is answered, row by row, and malformed ones above all."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given, strategies as st

from forgesim.platform.queue.rules import verb_of
from forgesim.platform.queue.service import Delivery, Origin, QueueService, Retry

ORIGIN = Origin("root", "parent", 0)
PUSH: dict[str, Any] = {"queueName": "one", "jobId": "j", "payload": [{"body": {}}]}


def ask(queue: QueueService, verb: Any, body: Any, *, depth: int = 0, now: int = 0) -> tuple[int, Any]:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    origin = ORIGIN._replace(depth=depth)
    answer = queue.perform(verb, raw, origin=origin, consumers={"one": 55, "long": 56}, now_ms=now)
    return answer.status, msgspec.json.decode(answer.body) if answer.body else None


def events(*given: Any) -> dict[str, Any]:
    return PUSH | {"payload": list(given)}


ANSWERS = {
    "one event": (PUSH, 201),
    "fifty events": (events(*[{"body": {}}] * 50), 201),
    "fifty-one events": (events(*[{"body": {}}] * 51), 400),
    "no events": (events(), 400),
    "900 s": (events({"body": {}, "delayInSeconds": 900}), 201),
    "901 s": (events({"body": {}, "delayInSeconds": 901}), 400),
    "a negative delay": (events({"body": {}, "delayInSeconds": -1}), 400),
    "a delay that is no number": (events({"body": {}, "delayInSeconds": True}), 400),
    "200 KB": (events({"body": {"a": "x" * (200 * 1024 - 19)}}), 201),
    "a byte more": (events({"body": {"a": "x" * (200 * 1024 - 18)}}), 413),
    "100 KB for a long run": (events({"body": {"a": "x" * (100 * 1024 - 17)}}) | {"queueName": "long"}, 201),
    "a byte more for a long run": (events({"body": {"a": "x" * (100 * 1024 - 16)}}) | {"queueName": "long"}, 400),
    "no such queue": (PUSH | {"queueName": "other"}, 400),
    "a queue of odd characters": (PUSH | {"queueName": "a b"}, 400),
    "no job": ({"queueName": "one", "payload": [{"body": {}}]}, 400),
    "a body that is no object": (events({"body": [1]}), 400),
    "an event that is none": (events(1), 400),
    "a limit of 0": (events({"body": {}, "concurrency": {"key": "k", "limit": 0}}), 400),
    "no concurrency key": (events({"body": {}, "concurrency": {"limit": 1}}), 400),
    "a number": (b"1", 400),
    "nothing": (b"", 400),
    "half an object": (b"{", 400),
    "NaN": (b'{"queueName":"one","jobId":"j","payload":[{"body":{"a":NaN}}]}', 400),
    "a number beyond all": (b'{"queueName":"one","jobId":"j","payload":[{"body":{"a":1e999}}]}', 400),
    "a member twice": (b'{"queueName":"one","queueName":"one","jobId":"j","payload":[{"body":{}}]}', 400),
    "half a surrogate pair": (b'{"queueName":"one","jobId":"j","payload":[{"body":{"a":"\\ud800"}}]}', 400),
    "bytes that are no text": (b'{"queueName":"\xff"}', 400),
    "a hundred thousand brackets": (b"[" * 100_000, 400),
    "a number of many digits": (b'{"queueName":"one","jobId":"j","payload":[{"body":{"a":' + b"9" * 300 + b"}}]}", 201),
}


@pytest.mark.parametrize(("body", "status"), ANSWERS.values(), ids=ANSWERS.keys())
def test_a_push_is_answered(body: Any, status: int) -> None:
    queue = QueueService()
    answered, told = ask(queue, "publish", body)
    assert answered == status
    assert (told is None) is (status == 201)
    assert sum(1 for _ in queue.waiting()) == (len(body["payload"]) if isinstance(body, dict) else 1) * (status == 201)


@given(st.binary() | st.recursive(st.none() | st.integers() | st.text(), lambda x: st.lists(x) | st.dictionaries(
    st.sampled_from(["queueName", "jobId", "payload", "body", "concurrency", "key", "limit", "delayInSeconds"]), x),
).map(lambda value: json.dumps(value).encode()), st.sampled_from(["publish", "stats", "cancel"]))  # fmt: skip
def test_whatever_is_sent_there_is_an_answer(body: bytes, verb: Any) -> None:
    assert ask(QueueService(), verb, body)[0] in (201, 202, 400, 404, 413)


def test_events_that_fit_are_taken_and_the_others_are_named() -> None:
    queue = QueueService()
    status, told = ask(queue, "publish", events({"body": {}}, {"body": 1}, {"body": {"n": 2}}))
    assert (status, [each["index"] for each in told["failedEvents"]]) == (202, [1])
    assert [each.event.body for each in queue.waiting()] == [{}, {"n": 2}]


def test_a_minute_has_five_hundred_events() -> None:
    queue = QueueService()
    full = events(*[{"body": {}}] * 50)
    assert [ask(queue, "publish", full, now=n)[0] for n in range(11)] == [201] * 10 + [429]
    assert ask(queue, "publish", full, now=60_000)[0] == 201


def test_a_chain_of_pushes_ends() -> None:
    assert [ask(QueueService(), "publish", PUSH, depth=depth)[0] for depth in (999, 1_000)] == [201, 405]


def test_a_job_that_is_not_there_is_not_found() -> None:
    assert [ask(QueueService(), verb, PUSH)[0] for verb in ("stats", "cancel")] == [404, 404]


def test_an_event_that_fails_for_ever_is_given_up_after_a_day() -> None:
    queue, now, runs = QueueService(), 0, 0
    ask(queue, "publish", PUSH)
    while (due := queue.next_ms) is not None:
        now, runs = due, runs + 1
        [each] = queue.take(now)
        queue.failed(each, Retry("R"), now)
    assert 23 * 3_600_000 < now <= 24 * 3_600_000
    assert ask(queue, "stats", PUSH)[1] == {"success": 0, "inProgress": 0, "failed": 1}
    assert 90 < runs < 110


def test_a_duplicate_is_the_same_event_once_more_and_counts_once() -> None:
    queue = QueueService(Delivery(seed=1, duplicates=True))
    ask(queue, "publish", events(*[{"body": {}}] * 50))
    ran: list[str] = []
    while (due := queue.next_ms) is not None:
        for each in queue.take(due):
            ran.append(each.id)
            queue.done(each, due)
    assert len(ran) > len(set(ran)) == 50
    assert ask(queue, "stats", PUSH)[1] == {"success": 50, "inProgress": 0, "failed": 0}


@pytest.mark.parametrize(
    ("path", "verb"),
    [
        ("/webhook/queue/publish/{contextAri}/{environmentId}/{appId}/{appVersion}", "publish"),
        ("/webhook/queue/stats/a/b/c/d", "stats"),
        ("/webhook/queue/publish/a/b/c", None),
        ("/webhook/queue/drop/a/b/c/d", None),
        ("/webhook/queue/publish/a/b/c/d/e", None),
    ],
)
def test_the_path_says_what_is_asked(path: str, verb: str | None) -> None:
    assert verb_of(path) == verb
