"""mremap of one that it has."""

from __future__ import annotations

from functools import partial

from tests.escape.arms import checked, libc
from tests.escape.witnesses.worker import Status, two_gigabytes

WITNESS = partial(Status, field="VmSize", bad=two_gigabytes)


def attack() -> None:
    import ctypes

    library = libc()
    library.mremap.restype = library.mmap.restype = ctypes.c_void_p
    start = library.mmap(None, ctypes.c_size_t(4096), 3, 0x22, -1, ctypes.c_long(0))
    grown = library.mremap(ctypes.c_void_p(start), ctypes.c_size_t(4096), ctypes.c_size_t(2 << 30), 1)
    checked(-1 if grown in (None, 2**64 - 1) else 0)
