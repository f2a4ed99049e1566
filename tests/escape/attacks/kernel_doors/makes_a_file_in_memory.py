"""memfd_create: bytes to hand on, or to execute."""

from __future__ import annotations

from functools import partial

from tests.escape.arms import syscall
from tests.escape.witnesses.worker import Held

WITNESS = partial(Held, pattern="memfd:")


def attack() -> object:
    return syscall("memfd_create", b"x", 0)
