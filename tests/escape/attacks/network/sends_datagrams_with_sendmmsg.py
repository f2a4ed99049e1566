"""Many messages in one call, by number."""

from __future__ import annotations

from tests.escape.arms import inet, syscall
from tests.escape.witnesses.listeners import UdpListener

WITNESS = UdpListener


def attack(port: int) -> None:
    import ctypes
    import struct

    plug = syscall("socket", 2, 2, 0)
    name, text = ctypes.create_string_buffer(inet(port)), ctypes.create_string_buffer(b"stolen")
    vector = ctypes.create_string_buffer(struct.pack("=QQ", ctypes.addressof(text), 6))
    header = struct.pack("=QI4xQQQQi4x", ctypes.addressof(name), 16, ctypes.addressof(vector), 1, 0, 0, 0)
    syscall("sendmmsg", plug, ctypes.create_string_buffer(header + bytes(8)), 1, 0)
