"""A segment that another process has made."""

from __future__ import annotations

from tests.escape.arms import checked, libc
from tests.escape.witnesses.hidden import SecretSegment

WITNESS = SecretSegment


def attack(number: int) -> object:
    import ctypes

    library = libc()
    library.shmat.restype = ctypes.c_void_p
    found = library.shmat(number, None, 0o10000)
    checked(-1 if found in (None, 2**64 - 1) else 0)
    return ctypes.string_at(found, 24).decode()
