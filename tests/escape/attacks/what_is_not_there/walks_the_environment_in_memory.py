"""environ, the array itself."""

from __future__ import annotations

from tests.escape.arms import libc
from tests.escape.witnesses.hidden import HostVariable

WITNESS = HostVariable
CONTROL = "child"


def attack() -> object:
    import ctypes

    array = ctypes.POINTER(ctypes.c_char_p).in_dll(libc(), "environ")
    found: list[str] = []
    while array and array[len(found)]:
        found.append((array[len(found)] or b"").decode())
    return found
