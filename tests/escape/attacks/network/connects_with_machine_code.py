"""socket and connect as bytes of x86_64, below libc and below Python."""

from __future__ import annotations

from tests.escape.arms import inet, machine_code
from tests.escape.needs import x86_64
from tests.escape.witnesses.listeners import TcpListener

WITNESS = TcpListener
NEEDS = x86_64


def attack(port: int) -> None:
    import ctypes
    import struct

    data = ctypes.create_string_buffer(inet(port))
    code = (
        b"\xb8\x29\0\0\0\xbf\x02\0\0\0\xbe\x01\0\0\0\x31\xd2\x0f\x05"  # socket(2, 1, 0)
        b"\x48\x89\xc7\x48\xbe"
        + struct.pack("=Q", ctypes.addressof(data))  # rdi = fd; rsi = address
        + b"\xba\x10\0\0\0\xb8\x2a\0\0\0\x0f\x05\xc3"  # connect(fd, address, 16)
    )
    machine_code(code)
