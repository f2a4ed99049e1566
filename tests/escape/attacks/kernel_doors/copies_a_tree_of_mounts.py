"""open_tree."""

from __future__ import annotations

from functools import partial

from tests.escape.arms import syscall
from tests.escape.needs import call
from tests.escape.witnesses.worker import Held

WITNESS = partial(Held, pattern="^/$")
NEEDS = call("open_tree", -100, b"/", 1)


def attack() -> object:
    return syscall("open_tree", -100, b"/", 1)
