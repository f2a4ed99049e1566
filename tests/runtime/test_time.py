"""Virtual time: what waits takes no real time, what overlaps overlaps, and the deadline acts."""

from __future__ import annotations

from time import CLOCK_MONOTONIC, clock_gettime
from typing import Any

import pytest

from forgesim.clock import EPOCH_MS
from forgesim.gateway.faults import Fault
from forgesim.gateway.gateway import LATENCY_MS


def took(house: Any, *call: Any) -> tuple[Any, int]:
    before = house.stage.clock.now_ms
    outcome = house.call(*call)
    return outcome, house.stage.clock.now_ms - before


THREE = """\
import asyncio
await asyncio.gather(*(kvs.get(f"k{n}") for n in range(3)))
"""


def test_gathered_requests_take_the_time_of_one(make_house: Any) -> None:
    outcome, ms = took(make_house(THREE))
    assert (outcome.ok, ms) == (True, LATENCY_MS["kvs"])


def test_requests_one_after_the_other_add_up(make_house: Any) -> None:
    outcome, ms = took(make_house('for n in range(3):\n    await kvs.get(f"k{n}")'))
    assert (outcome.ok, ms) == (True, 3 * LATENCY_MS["kvs"])


HOUR = """\
import asyncio, datetime, time
before, mono = datetime.datetime.now(datetime.timezone.utc), time.monotonic()
await asyncio.sleep(20)
after = datetime.datetime.now(datetime.timezone.utc)
return {"passed": (after - before).total_seconds(), "mono": time.monotonic() - mono, "at": after.timestamp() * 1000}
"""


def test_sleep_passes_virtual_time_and_every_clock_agrees(make_house: Any) -> None:
    begun = clock_gettime(CLOCK_MONOTONIC)
    outcome, ms = took(make_house(HOUR))
    assert clock_gettime(CLOCK_MONOTONIC) - begun < 5
    assert (outcome.result, ms) == ({"passed": 20.0, "mono": pytest.approx(20), "at": EPOCH_MS + 20_000}, 20_000)


def test_an_hour_of_sleep_meets_the_deadline_at_once(make_house: Any) -> None:
    begun = clock_gettime(CLOCK_MONOTONIC)
    outcome, ms = took(make_house("import asyncio\nawait asyncio.sleep(3600)"))
    assert clock_gettime(CLOCK_MONOTONIC) - begun < 5
    assert (outcome.ending, outcome.message, ms) == (
        "timeout",
        "Function timed out. Limit of 25 seconds exceeded",
        25_000,
    )


PATIENT = """\
import asyncio
try:
    await asyncio.wait_for(kvs.get("k"), 5)
except TimeoutError:
    return "gave up"
"""


def test_an_app_may_give_up_on_a_service_that_does_not_answer(make_house: Any) -> None:
    house = make_house(PATIENT)
    house.stage.gateway.faults.add(Fault(service="kvs", failure="timeout"))
    outcome, ms = took(house)
    assert (outcome.result, ms) == ("gave up", 5_000)


def test_an_app_that_waits_for_such_a_service_times_out(make_house: Any) -> None:
    house = make_house('await kvs.get("k")')
    house.stage.gateway.faults.add(Fault(service="kvs", failure="timeout"))
    assert (took(house)[0].ending, took(house)[0].ending) == ("timeout", "ok")


def test_a_deadlock_is_a_timeout_at_the_deadline(make_house: Any) -> None:
    house = make_house("import asyncio\nawait asyncio.get_running_loop().create_future()")
    outcome, ms = took(house)
    assert (outcome.ending, ms) == ("timeout", 25_000)
    closed = next(reversed(house.ledger.invocations.values())).close
    assert (closed.outcome, closed.at) == ("timeout", EPOCH_MS + 25_000)


def test_what_is_asked_and_not_awaited_is_recorded(make_house: Any) -> None:
    house = make_house('import asyncio\nasyncio.create_task(kvs.set("k", 1))\nawait asyncio.sleep(0)\nreturn 1')
    assert house.call().ok
    assert [(c.decided.channel, c.decided.verb) for c in house.ledger.crossings] == [
        ("kvs", "set"),
        ("result", "return"),
    ]


RANDOM = """\
import os, random, secrets, uuid
return [random.random(), str(uuid.uuid4()), secrets.token_hex(4), os.urandom(4).hex(), request.context.account_id]
"""


def test_the_same_call_draws_the_same_numbers_on_every_stage_and_the_next_call_others(make_house: Any) -> None:
    house = make_house(RANDOM)
    first, second = house.call().result, house.call().result
    with house.simulator.stage(house.stage.installation.site, cause="run", label="again") as stage:
        assert [stage.call(house.ask()).result for _ in range(2)] == [first, second]
    assert first != second
    with house.simulator.stage(house.stage.installation.site, cause="run", label="other", seed=9) as stage:
        assert stage.call(house.ask()).result != first
