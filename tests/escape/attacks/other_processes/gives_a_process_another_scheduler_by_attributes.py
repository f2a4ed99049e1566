"""sched_setattr."""

from __future__ import annotations

from tests.escape.arms import syscall
from tests.escape.witnesses.victim import Victim

WITNESS = Victim


def attack(pid: int) -> None:
    import ctypes
    import struct

    syscall("sched_setattr", pid, ctypes.create_string_buffer(struct.pack("=IIQiIQQQ", 48, 3, 0, 0, 0, 0, 0, 0)), 0)
