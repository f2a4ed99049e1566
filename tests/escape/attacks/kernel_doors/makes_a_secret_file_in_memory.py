"""memfd_secret: memory that not even the kernel maps."""

from __future__ import annotations

from functools import partial

from tests.escape.arms import syscall
from tests.escape.needs import call
from tests.escape.witnesses.worker import Held

WITNESS = partial(Held, pattern="secretmem")
NEEDS = call("memfd_secret", 0)


def attack() -> object:
    return syscall("memfd_secret", 0)
