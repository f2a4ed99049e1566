"""process_vm_writev."""

from __future__ import annotations

from tests.escape.arms import syscall
from tests.escape.witnesses.victim import VictimsMemory

WITNESS = VictimsMemory


def attack(pid: int, address: int, size: int) -> None:
    import ctypes
    import struct

    buffer = ctypes.create_string_buffer(b"x" * size)
    here = ctypes.create_string_buffer(struct.pack("=QQ", ctypes.addressof(buffer), size))
    there = ctypes.create_string_buffer(struct.pack("=QQ", address, size))
    syscall("process_vm_writev", pid, here, 1, there, 1, 0)
