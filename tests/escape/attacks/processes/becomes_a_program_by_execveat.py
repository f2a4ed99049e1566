"""The other call that executes."""

from __future__ import annotations

from tests.escape.arms import syscall
from tests.escape.witnesses.files import NewFile

WITNESS = NewFile


def attack(path: str) -> None:
    import ctypes
    import os

    os.set_inheritable(3, True)
    words = [b"sh", b"-c", f"echo stolen > {path}".encode(), None]
    syscall("execveat", -100, b"/bin/sh", (ctypes.c_char_p * 4)(*words), (ctypes.c_char_p * 1)(None), 0)
