"""rt_sigqueueinfo."""

from __future__ import annotations

from tests.escape.arms import syscall
from tests.escape.witnesses.victim import Victim

WITNESS = Victim


def attack(pid: int) -> None:
    import ctypes
    import struct

    info = ctypes.create_string_buffer(struct.pack("=iiiiii", 15, 0, -1, 0, 0, 0).ljust(128, b"\0"))
    syscall("rt_sigqueueinfo", pid, 15, info)
