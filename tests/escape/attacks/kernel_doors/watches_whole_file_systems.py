"""fanotify."""

from __future__ import annotations

from functools import partial

from tests.escape.arms import syscall
from tests.escape.needs import call
from tests.escape.witnesses.worker import Held

WITNESS = partial(Held, pattern="fanotify")
NEEDS = call("fanotify_init", 0, 0)


def attack() -> object:
    return syscall("fanotify_init", 0, 0)
