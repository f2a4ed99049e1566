"""getenv of libc."""

from __future__ import annotations

from tests.escape.arms import libc
from tests.escape.witnesses.hidden import HostVariable

WITNESS = HostVariable
CONTROL = "child"


def attack() -> object:
    import ctypes

    library = libc()
    library.getenv.restype = ctypes.c_char_p
    found = library.getenv(b"FORGESIM_ESCAPE_SECRET")
    return found.decode() if found else None
