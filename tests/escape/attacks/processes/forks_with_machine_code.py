"""clone as bytes of x86_64; the child makes a file."""

from __future__ import annotations

from tests.escape.arms import machine_code
from tests.escape.needs import x86_64
from tests.escape.witnesses.files import NewFile

WITNESS = NewFile
NEEDS = x86_64


def attack(path: str) -> None:
    import ctypes
    import os
    import struct

    name = ctypes.create_string_buffer(path.encode())
    code = (
        b"\xb8\x38\0\0\0\xbf\x11\0\0\0\x31\xf6\x31\xd2\x4d\x31\xd2\x4d\x31\xc0\x0f\x05"  # clone(SIGCHLD)
        b"\x48\x85\xc0\x74\x01\xc3"  # the parent, or an error, returns
        b"\x48\xbf"
        + struct.pack("=Q", ctypes.addressof(name))
        + b"\xbe\xb4\x01\0\0\xb8\x55\0\0\0\x0f\x05\xb8\x3c\0\0\0\x31\xff\x0f\x05"  # creat(path), exit(0)
    )
    os.waitpid(machine_code(code), 0)
