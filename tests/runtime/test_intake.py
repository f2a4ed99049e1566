"""What one invocation may send has a bound, so that neither the host's memory nor the ledger grows as a guest likes."""

from __future__ import annotations

from typing import Any

import pytest

from forgesim.runtime import intake
from forgesim.runtime.intake import Intake
from forgesim.sandbox.host import DiedEvent, FrameEvent
from forgesim.seam import Idle, Violation

WORKER: Any = object()


def frame(header: Any = None, body: bytes = b"") -> FrameEvent:
    return FrameEvent(WORKER, header or Idle(), body)


def test_frames_are_counted_whatever_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "MAX_FRAMES", 2)
    counted = Intake()
    assert [counted.take(frame()) for _ in range(2)] == [None, None]
    assert "more than 2 frames" in str(counted.take(frame()))


def test_reports_of_the_hook_end_long_after_the_hooks_own_limit() -> None:
    counted = Intake()
    told = [counted.take(frame(Violation("open", "x"))) for _ in range(1_001)]
    assert told[:1_000] == [None] * 1_000
    assert "violations" in str(told[1_000])


def test_what_has_been_served_waits_no_more() -> None:
    counted = Intake()
    big = bytes(intake.MAX_WAITING // 2)
    for _ in range(10):
        assert counted.take(frame(body=big)) is None
        counted.release(big)
    assert counted.waiting == 0
    assert counted.take(frame(body=big)) is None
    assert "waited" in str(counted.take(frame(body=big)))


def test_a_death_is_no_frame() -> None:
    assert Intake().take(DiedEvent(WORKER, "x")) is None


def test_an_invocation_that_sends_too_much_is_ended_and_the_next_one_works(
    make_house: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "MAX_WAITING", 1 << 20)
    body = "for _ in range(3000):\n    log.info('x')\n" + "return 1"
    house = make_house(f"if request.payload.get('ok'):\n    return 'fine'\n{body}")
    assert house.call(payload={"ok": True}).result == "fine"
    ended = house.call()
    assert (ended.ending, ended.type) == ("protocol", "ProtocolError")
    assert house.call(payload={"ok": True}).result == "fine"
