"""getdents64 on a raw descriptor."""

from __future__ import annotations

from tests.escape.arms import syscall
from tests.escape.witnesses.hidden import SecretName

WITNESS = SecretName


def attack(path: str) -> object:
    import ctypes

    buffer = ctypes.create_string_buffer(4096)
    size = syscall("getdents64", syscall("openat", -100, path.encode(), 0o200000), buffer, 4096)
    return buffer.raw[:size].decode("latin-1")
