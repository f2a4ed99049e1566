"""timerfd_create."""

from __future__ import annotations

from functools import partial

from tests.escape.arms import syscall
from tests.escape.witnesses.worker import Held

WITNESS = partial(Held, pattern="timerfd")


def attack() -> object:
    return syscall("timerfd_create", 1, 0)
