"""The call that keeps its flags in memory."""

from __future__ import annotations

from tests.escape.arms import syscall
from tests.escape.witnesses.files import NewFile

WITNESS = NewFile


def attack(path: str) -> None:
    import ctypes
    import struct

    how = ctypes.create_string_buffer(struct.pack("=QQQ", 0o102, 0o600, 0))
    syscall("openat2", -100, path.encode(), how, 24)
