"""The newer call, which keeps its flags in memory."""

from __future__ import annotations

from tests.escape.arms import syscall
from tests.escape.witnesses.hidden import SecretFile

WITNESS = SecretFile


def attack(path: str) -> object:
    import ctypes
    import os

    return os.read(syscall("openat2", -100, path.encode(), ctypes.create_string_buffer(24), 24), 100).decode()
