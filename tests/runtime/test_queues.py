"""Consumers get what was pushed: after the call, on the virtual clock, again where that is asked for."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import pytest

from forgesim.platform.queue.service import Delivery
from forgesim.site.generate import demo
from tests.conftest import MANIFEST, TRUST

SOURCE = """\
from forgesim.sdk import InvocationError, Queue

queue = Queue("work")
seen = []


@resolver.define("push")
async def push(request):
    return await queue.push(request.payload["events"])


@resolver.define("stats")
async def stats(request):
    return await queue.get_stats(request.payload["jobId"])


@resolver.define("cancel")
async def cancel(request):
    await queue.cancel(request.payload["jobId"])


async def consume(event, context):
    retries = event.get("retryContext", {}).get("retryCount", 0)
    log.info("run", event["body"].get("n"), retries)
    if event["body"].get("fails", 0) > retries:
        raise ValueError("not yet")
    if event["body"].get("asks", 0) > retries:
        return InvocationError(retry_after=event["body"].get("after", 2000), retry_data={"n": retries})
    if event["body"].get("sleeps"):
        import asyncio
        await asyncio.sleep(event["body"]["sleeps"])
    if "again" in event["body"]:
        await queue.push({"body": event["body"]})
    await kvs.set(f"done-{event['body'].get('n', 0)}", event)
"""
MODULES = """\
  consumer:
    - key: worker
      queue: work
      function: consume
  function:
    - key: consume
      handler: index.consume
      timeoutSeconds: 100
"""


@pytest.fixture
def house(make_house: Any) -> Any:
    def make(**options: Any) -> Any:
        return make_house(source=SOURCE, manifest=MANIFEST.replace("  function:\n", MODULES), **options)

    return make


def runs(house: Any) -> list[Any]:
    return [each for each in house.ledger.invocations.values() if each.open.cause == "queue"]


def rows(house: Any) -> dict[str, Any]:
    stage = house.stage
    kept = stage.services.kvs.rows(stage.installation.id, stage.installation.region)
    return {key: json.loads(text) for _, key, text in kept}


def push(house: Any, *events: dict[str, Any]) -> Any:
    outcome = house.call("push", {"events": list(events)})
    assert outcome.ok, outcome
    return outcome.result


def test_an_event_is_consumed_once_the_call_is_over(house: Any) -> None:
    there = house()
    job = push(there, {"body": {"n": 1}, "delayInSeconds": 5, "concurrency": {"key": "k", "limit": 2}})["jobId"]
    event = rows(there)["done-1"]
    assert event.pop("eventId")
    assert event == {
        "body": {"n": 1}, "jobId": job, "queueName": "work", "delayInSeconds": 5,
        "concurrency": {"key": "k", "limit": 2},
    }  # fmt: skip


def test_a_consumer_runs_for_nobody_and_goes_back_to_who_pushed(house: Any) -> None:
    there = house()
    push(there, {"body": {"n": 1}})
    pusher = next(each.open for each in there.ledger.invocations.values() if each.open.cause == "user")
    [run] = runs(there)
    assert (run.open.root, run.open.parent, run.open.principal) == (pusher.inv, pusher.inv, None)
    assert run.open.deadline - run.open.at == 100_000
    assert run.open.at >= pusher.at + 1_000


def test_virtual_time_moves_on_to_what_is_due(house: Any) -> None:
    there = house()
    start = there.stage.clock.now_ms
    push(there, {"body": {"n": 1}, "delayInSeconds": 900})
    assert there.stage.clock.now_ms - start >= 900_000


def test_a_run_that_raises_is_made_again_after_longer_and_longer(house: Any) -> None:
    there = house()
    push(there, {"body": {"n": 1, "fails": 4}})
    at = [each.open.at for each in runs(there)]
    assert [round((b - a) / 1000) for a, b in pairwise(at)] == [15, 30, 60, 120]
    context = rows(there)["done-1"]["retryContext"]
    assert (context["retryCount"], context["retryReason"]) == (4, "FUNCTION_PLATFORM_UNKNOWN_ERROR")


def test_an_event_is_tried_for_a_day_and_then_has_failed(house: Any) -> None:
    there = house()
    job = push(there, {"body": {"n": 1, "fails": 1_000}})
    at = [each.open.at for each in runs(there)]
    assert 86_400_000 - 900_000 < at[-1] - at[0] <= 86_400_000
    assert max(b - a for a, b in pairwise(at)) in range(900_000, 901_000)
    assert there.call("stats", job).result == {"success": 0, "inProgress": 0, "failed": 1}


def test_a_run_that_asks_for_it_is_made_again_with_its_data(house: Any) -> None:
    there = house()
    push(there, {"body": {"n": 1, "asks": 2}})
    first, second, third = (each.open.at for each in runs(there))
    assert (second - first, third - second) == (pytest.approx(900_000, abs=99), pytest.approx(900_000, abs=99))
    context = rows(there)["done-1"]["retryContext"]
    assert (context["retryData"], context["retryReason"]) == ({"n": 1}, "FUNCTION_RETRY_REQUEST")
    asked = [each.decided for each in there.ledger.crossings if each.decided.verb == "retry"]
    assert [(each.channel, each.target, each.writes) for each in asked] == [("queue", "work", True)] * 2


def test_a_run_that_does_not_end_is_made_again(house: Any) -> None:
    there = house()
    job = push(there, {"body": {"n": 1, "sleeps": 99}}, {"body": {"n": 2, "sleeps": 101}})
    assert {each.close.outcome for each in runs(there)} == {"ok", "timeout"}
    assert there.call("stats", job).result == {"success": 1, "inProgress": 0, "failed": 1}


def test_events_that_bring_about_events_without_end_are_broken_off_and_told(house: Any) -> None:
    steps = TRUST.replace(
        "call: call, with: {spaceId: $space.id, pageId: $page}", "call: push, with: {events: [{body: {again: 1}}]}"
    )
    there = house(max_steps=20, trust=steps.replace("  call: spaces, pages", "  push: spaces, pages"))
    there.play()
    assert len(runs(there)) == 20
    assert [(step.name, step.met) for step in there.ledger.steps] == [("push", True), ("events", False)]


def played(house: Any, **delivery: Any) -> list[Any]:
    stage = house.simulator.stage(demo(1), cause="explore", label="x", delivery=Delivery(**delivery))
    house.stage, before = stage, len(runs(house))
    push(house, *({"body": {"n": n}, "concurrency": {"key": "k", "limit": 2}} for n in range(20)))
    found = [each.open for each in runs(house)[before:]]
    stage.close()
    return found


def test_the_order_and_the_duplicates_are_the_seeds_doing(house: Any) -> None:
    there = house()
    plain, mixed, again, other = (
        [each.input["body"]["n"] for each in played(there, **delivery)]
        for delivery in ({}, *({"seed": s, "reorders": True, "duplicates": True} for s in (1, 1, 2)))
    )
    assert plain == list(range(20))
    assert mixed == again != other
    assert len(mixed) > len(set(mixed)) == 20


def test_a_concurrency_key_bounds_how_many_run_at_a_time(house: Any) -> None:
    opened = played(house(), parallel=5)
    assert max(sum(each.at == other.at for other in opened) for each in opened) == 2


def test_a_cancelled_job_is_not_run(house: Any) -> None:
    there = house()
    job = there.stage.invoke(there.ask("push", {"events": [{"body": {"n": 1}}]})).result
    there.stage.invoke(there.ask("cancel", job))
    assert there.call("stats", job).result == {"success": 0, "inProgress": 0, "failed": 0}
    assert runs(there) == []


@pytest.mark.parametrize(
    "after", [10**400, -(10**400), 1e300, 0, -0.5], ids=["huge", "minus huge", "float", "0", "-0.5"]
)
def test_no_retry_that_an_app_asks_for_is_later_or_sooner_than_allowed(house: Any, after: float) -> None:
    there = house()
    assert there.call("push", {"events": [{"body": {"n": 1, "asks": 1, "after": after}}]}).ok
    first, second = runs(there)
    assert second.open.at - first.close.at == (900_000 if after > 0 else 1_000)


def test_what_waits_is_in_the_inventory(house: Any) -> None:
    there = house()
    there.stage.invoke(there.ask("push", {"events": [{"body": {"n": 1}}]}))
    there.stage.finish()
    assert [(row.store, row.key, row.body.text) for row in there.ledger.inventories[-1].rows] == [
        ("queue", "work", '{"n": 1}')
    ]


def test_what_waits_goes_with_the_installation(house: Any) -> None:
    there = house()
    there.stage.invoke(there.ask("push", {"events": [{"body": {"n": 1}}] * 2}))
    there.stage.uninstall()
    assert there.ledger.removals[-1].hosted == 0
    there.stage.reinstall()
    before = len(runs(there))
    assert there.call("push", {"events": [{"body": {"n": 3}}]}).ok
    assert [each.open.input["body"]["n"] for each in runs(there)[before:]] == [3]
