"""signalfd."""

from __future__ import annotations

from functools import partial

from tests.escape.arms import syscall
from tests.escape.witnesses.worker import Held

WITNESS = partial(Held, pattern="signalfd")


def attack() -> object:
    import ctypes

    return syscall("signalfd4", -1, ctypes.create_string_buffer(8), 8, 0)
