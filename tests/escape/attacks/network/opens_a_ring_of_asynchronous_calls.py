"""io_uring_setup by itself."""

from __future__ import annotations

from functools import partial

from tests.escape.arms import syscall
from tests.escape.needs import call
from tests.escape.witnesses.worker import Held

WITNESS = partial(Held, pattern="io_uring")
NEEDS = call("io_uring_setup", 1, bytes(120))


def attack() -> object:
    import ctypes

    return syscall("io_uring_setup", 2, ctypes.create_string_buffer(120))
