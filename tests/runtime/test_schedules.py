"""Schedules run when they are due, also while a queue drains: in order, each once, and no drain goes on for ever."""

from __future__ import annotations

from typing import Any

import pytest

from forgesim.ledger.records import Open
from tests.conftest import MANIFEST, TRUST

SOURCE = """\
from forgesim.sdk import Queue

queue = Queue("work")


@resolver.define("push")
async def push(request):
    await queue.push({"body": request.payload["body"], "delayInSeconds": request.payload.get("delay", 0)})


@resolver.define("nap")
async def nap(request):
    import asyncio
    await asyncio.sleep(20)


async def consume(event, context):
    import asyncio
    await asyncio.sleep(event["body"].get("sleeps", 0))
    if event["body"].get("fails"):
        raise ValueError("never")


async def on_time(event, context):
    PUSHES
"""
MODULES = """\
  consumer:
    - {key: worker, queue: work, function: consume}
  scheduledTrigger:
    - {key: often, function: tick, interval: INTERVAL}
  function:
    - key: consume
      handler: index.consume
      timeoutSeconds: 900
    - key: tick
      handler: index.on_time
"""
AFRESH = 'await queue.push({"body": {}, "delayInSeconds": 900})'


@pytest.fixture
def run(make_house: Any) -> Any:
    """Plays steps on an app with a queue and a schedule, which pushes where that is said."""

    def play(*lines: str, interval: str = "fiveMinute", pushes: str = "pass", **options: Any) -> Any:
        steps = TRUST.split("      - {as:")[0] + "".join(f"      - {line}\n" for line in lines)
        manifest = MANIFEST.replace("  function:\n", MODULES.replace("INTERVAL", interval))
        house = make_house(source=SOURCE.replace("PUSHES", pushes), manifest=manifest, trust=steps, **options)
        house.play()
        return house

    return play


def ran(house: Any) -> list[tuple[str, int]]:
    """What ran without being called, and in which minute after the installation."""
    start = next(iter(house.ledger.runs.values())).clock
    runs: list[Open] = [each.open for each in house.ledger.invocations.values()]
    return [(each.function, (each.at - start) // 60_000) for each in runs if each.cause in ("queue", "schedule")]


def test_a_schedule_runs_when_it_is_due_while_an_event_waits(run: Any) -> None:
    late = "{call: push, with: {body: {}, delay: 720}}"
    assert ran(run(late)) == [("tick", 5), ("tick", 10), ("consume", 12)]


def test_nothing_is_run_twice_by_a_wait_after_that(run: Any) -> None:
    late = "{call: push, with: {body: {}, delay: 720}}"
    assert ran(run(late, "{wait: 4 minutes}")) == [("tick", 5), ("tick", 10), ("consume", 12), ("tick", 15)]


def test_a_schedule_by_itself_keeps_no_call_going(run: Any) -> None:
    assert ran(run("{call: push, with: {body: {}}}")) == [("consume", 0)]


def test_what_was_due_during_a_long_run_comes_after_it_in_order(run: Any) -> None:
    house = run("{call: push, with: {body: {sleeps: 660}}}", interval="fiveMinute")
    assert ran(house) == [("consume", 0), ("tick", 11), ("tick", 11)]


def test_what_was_due_during_a_call_comes_after_it(run: Any) -> None:
    assert ran(run("{wait: 290 seconds}", "{call: nap}")) == [("tick", 5)]


def test_time_that_is_skipped_has_no_schedules(run: Any) -> None:
    house = run("{call: nap}")
    house.stage.clock.advance(365 * 86_400_000)
    house.call("nap")
    assert ran(house) == []


def test_schedules_run_between_the_tries_of_an_event_that_fails(run: Any) -> None:
    runs = ran(run("{call: push, with: {body: {fails: true}}}", interval="hour"))
    assert [at for name, at in runs if name == "tick"] == [5 + 60 * hour for hour in range(24)]
    assert [at for _, at in runs] == sorted(at for _, at in runs)


def test_a_schedule_that_leaves_more_waiting_each_time_comes_to_an_end(run: Any) -> None:
    runs = ran(run("{call: push, with: {body: {}, delay: 900}}", pushes=AFRESH))
    assert [at for name, at in runs if name == "tick"] == [5 * number for number in range(1, 25)]
    assert sum(name == "consume" for name, _ in runs) == 25


def test_the_same_steps_run_the_same_in_the_same_order(run: Any) -> None:
    steps = ["{call: push, with: {body: {}, delay: 720}}", "{wait: 20 minutes}"]
    first, second = (ran(run(*steps, pushes=AFRESH, name=name)) for name in ("one", "two"))
    assert first == second
    assert len(first) > 6
