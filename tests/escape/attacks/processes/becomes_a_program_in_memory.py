"""A program that was never a file: memfd_create, then execute it."""

from __future__ import annotations

from tests.escape.arms import syscall
from tests.escape.witnesses.files import NewFile

WITNESS = NewFile


def attack(path: str) -> None:
    import ctypes
    import os

    os.set_inheritable(3, True)
    fd = syscall("memfd_create", b"program", 0)
    os.write(fd, b"#!/bin/sh\necho stolen > " + path.encode())
    words = (ctypes.c_char_p * 2)(b"sh", None)
    syscall("execveat", fd, b"", words, (ctypes.c_char_p * 1)(None), 0x1000)
