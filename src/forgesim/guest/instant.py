"""The guest's one clock: it moves freezegun and the loop's time together, when the host says so."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from typing import Any

import freezegun.api

from forgesim.clock import EPOCH_MS

__all__ = ["Instant"]

_DAWN = freezegun.api.real_datetime(1970, 1, 1)


class Instant:
    """The virtual now. ``seconds`` is what ``time.time()``, ``time.monotonic()`` and the loop's ``time()`` say."""

    __slots__ = ("_frozen", "now_ms", "seconds")

    def __init__(self, now_ms: int = EPOCH_MS) -> None:
        self._frozen = freezegun.api.freeze_factories[-1] if freezegun.api.freeze_factories else None
        self.now_ms = 0
        self.seconds = 0.0
        self.move_to(now_ms)

    def move_to(self, now_ms: int) -> None:
        """Move to ``now_ms``, which may be earlier when a warm worker serves another run."""
        if now_ms == self.now_ms:
            return
        self.now_ms = now_ms
        self.seconds = now_ms / 1000
        if self._frozen is not None:
            seconds, milliseconds = divmod(now_ms, 1000)
            self._frozen.time_to_freeze = _DAWN + dt.timedelta(0, seconds, milliseconds * 1000)

    def patch(self, sleep: Callable[[float], None]) -> None:
        """Replace what freezegun leaves real: ``time.sleep``, ``clock_gettime`` and the processor clocks."""
        patches: dict[str, Any] = {
            "sleep": sleep,
            "clock_gettime": lambda _clock: self.seconds,
            "clock_gettime_ns": lambda _clock: self.now_ms * 1_000_000,
            "process_time": lambda: self.seconds,
            "process_time_ns": lambda: self.now_ms * 1_000_000,
            "thread_time": lambda: self.seconds,
            "thread_time_ns": lambda: self.now_ms * 1_000_000,
        }
        vars(time).update(patches)
