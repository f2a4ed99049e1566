"""perf_event_open: counters that see across processes."""

from __future__ import annotations

from functools import partial

from tests.escape.arms import syscall
from tests.escape.needs import PERF_EVENT, call
from tests.escape.witnesses.worker import Held

WITNESS = partial(Held, pattern="perf_event")
NEEDS = call("perf_event_open", PERF_EVENT, 0, -1, -1, 0)


def attack() -> object:
    import ctypes
    import struct

    return syscall(
        "perf_event_open", ctypes.create_string_buffer(struct.pack("=IIQ", 1, 128, 0).ljust(128, b"\0")), 0, -1, -1, 0
    )
