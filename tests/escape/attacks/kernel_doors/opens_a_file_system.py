"""fsopen, the door to mounting."""

from __future__ import annotations

from functools import partial

from tests.escape.arms import syscall
from tests.escape.needs import call
from tests.escape.witnesses.worker import Held

WITNESS = partial(Held, pattern="fscontext")
NEEDS = call("fsopen", b"tmpfs", 0)


def attack() -> object:
    return syscall("fsopen", b"tmpfs", 0)
