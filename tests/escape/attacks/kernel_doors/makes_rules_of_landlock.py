"""A ruleset of its own."""

from __future__ import annotations

from functools import partial

from tests.escape.arms import syscall
from tests.escape.witnesses.worker import Held

WITNESS = partial(Held, pattern="landlock")


def attack() -> object:
    import ctypes
    import struct

    return syscall("landlock_create_ruleset", ctypes.create_string_buffer(struct.pack("=Q", 1)), 8, 0)
