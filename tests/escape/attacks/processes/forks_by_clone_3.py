"""clone3 keeps its flags in memory, where no filter sees them."""

from __future__ import annotations

from tests.escape.arms import syscall
from tests.escape.witnesses.files import NewFile

WITNESS = NewFile


def attack(path: str) -> None:
    import ctypes
    import os
    import struct

    flags = ctypes.create_string_buffer(struct.pack("=8Q", 0, 0, 0, 0, 17, 0, 0, 0))
    child = syscall("clone3", flags, 64)
    if child == 0:
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY))
        os._exit(0)
    os.waitpid(child, 0)
