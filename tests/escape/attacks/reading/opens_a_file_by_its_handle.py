"""name_to_handle_at and open_by_handle_at: no path at all."""

from __future__ import annotations

from tests.escape.arms import syscall
from tests.escape.needs import can_open_by_handle
from tests.escape.witnesses.hidden import SecretFile

WITNESS = SecretFile
NEEDS = can_open_by_handle


def attack(path: str) -> object:
    import ctypes
    import os
    import struct

    handle = ctypes.create_string_buffer(struct.pack("=Ii", 128, 0) + bytes(128))
    mount = ctypes.c_int()
    syscall("name_to_handle_at", -100, path.encode(), handle, ctypes.byref(mount), 0)
    folder = os.open(os.path.dirname(path), os.O_RDONLY)
    return os.read(syscall("open_by_handle_at", folder, handle, 0), 100).decode()
