"""The ring of asynchronous calls, which a filter does not see into."""

from __future__ import annotations

from tests.escape.arms import inet, syscall
from tests.escape.needs import call
from tests.escape.witnesses.listeners import TcpListener

WITNESS = TcpListener
NEEDS = call("io_uring_setup", 1, bytes(120))


def attack(port: int) -> None:
    import ctypes
    import mmap
    import os
    import struct

    plug = syscall("socket", 2, 1, 0)
    shape = ctypes.create_string_buffer(120)
    ring = syscall("io_uring_setup", 2, shape)
    offsets = struct.unpack_from("=10I", shape, 40)
    queue = mmap.mmap(ring, 4096, mmap.MAP_SHARED, 3, offset=0)
    entries = mmap.mmap(ring, 4096, mmap.MAP_SHARED, 3, offset=0x10000000)
    address = ctypes.create_string_buffer(inet(port))
    entries[:64] = struct.pack("=BBHiQQIIQ16x8x", 16, 0, 0, plug, 16, ctypes.addressof(address), 0, 0, 1)[:64].ljust(64)
    tail, array = offsets[1], offsets[6]
    queue[array : array + 4] = struct.pack("=I", 0)
    queue[tail : tail + 4] = struct.pack("=I", 1)
    syscall("io_uring_enter", ring, 1, 1, 1, 0, 0)
    os.close(ring)
