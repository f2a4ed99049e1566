"""gethostbyname of libc, which raises no event."""

from __future__ import annotations

from tests.escape.arms import libc
from tests.escape.witnesses.hidden import HostAddress

WITNESS = HostAddress


def attack() -> object:
    import ctypes

    library = libc()
    library.gethostbyname.restype = ctypes.c_void_p
    found = library.gethostbyname(b"localhost")
    if not found:
        raise OSError("not found")
    list_of_addresses = ctypes.cast(found + 24, ctypes.POINTER(ctypes.c_void_p))[0]
    first = ctypes.cast(list_of_addresses or 0, ctypes.POINTER(ctypes.c_void_p))[0]
    return ".".join(map(str, ctypes.string_at(first or 0, 4)))
