"""userfaultfd: it makes races in the kernel easy to win."""

from __future__ import annotations

from functools import partial

from tests.escape.arms import syscall
from tests.escape.needs import call
from tests.escape.witnesses.worker import Held

WITNESS = partial(Held, pattern="userfaultfd")
NEEDS = call("userfaultfd", 1)


def attack() -> object:
    return syscall("userfaultfd", 1)
