"""process_vm_readv."""

from __future__ import annotations

from tests.escape.arms import syscall
from tests.escape.witnesses.victim import VictimsMemory

WITNESS = VictimsMemory


def attack(pid: int, address: int, size: int) -> object:
    import ctypes
    import struct

    buffer = ctypes.create_string_buffer(size)
    here = ctypes.create_string_buffer(struct.pack("=QQ", ctypes.addressof(buffer), size))
    there = ctypes.create_string_buffer(struct.pack("=QQ", address, size))
    syscall("process_vm_readv", pid, here, 1, there, 1, 0)
    return buffer.raw.decode()
