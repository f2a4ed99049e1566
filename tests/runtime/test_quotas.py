"""Limits of the platform, as an app and its users meet them."""

from __future__ import annotations

from typing import Any

import pytest
from tests.attacks.conftest import MANIFEST


def test_a_call_over_the_size_of_a_front_end_request_does_not_reach_the_app(make_house: Any) -> None:
    house = make_house('await kvs.set("called", 1)')
    outcome = house.call("call", {"text": "x" * 500_000})
    assert (outcome.ending, outcome.type) == ("error", "payload-size")
    assert not [crossing for crossing in house.ledger.crossings if crossing.decided.channel == "kvs"]


def test_the_301st_call_of_a_second_is_refused_and_the_next_second_goes_on(make_house: Any) -> None:
    house = make_house("return 1", warm=True)
    outcomes = [house.call() for _ in range(301)]
    assert [outcome.ok for outcome in outcomes] == [True] * 300 + [False]
    assert "Limits for the current installation have been exceeded" in outcomes[-1].message
    reset = str(house.stage.clock.now_ms // 1_000 + 1)
    headers = {"X-Ratelimit-Limit": ["300"], "X-Ratelimit-Remaining": ["0"], "X-Ratelimit-Reset": [reset]}
    assert outcomes[-1].result == {"statusCode": 429, "headers": headers}
    house.stage.clock.advance(1_000)
    assert house.call().ok


@pytest.mark.parametrize(("memory", "ending"), [("", "ok"), ("\n    memoryMB: 256", "error")], ids=["512", "256"])
def test_the_manifest_says_how_much_memory_a_function_has(make_house: Any, memory: str, ending: str) -> None:
    manifest = MANIFEST.replace("name: nodejs22.x", f"name: nodejs22.x{memory}")
    outcome = make_house("return len(bytearray(300 << 20))", manifest=manifest).call()
    assert (outcome.ending, outcome.type) == (ending, "" if ending == "ok" else "MemoryError")
