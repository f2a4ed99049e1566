"""The flags of a thread, and one more: then the filter would see a thread."""

from __future__ import annotations

from functools import partial

from tests.escape.arms import syscall
from tests.escape.needs import user_namespaces
from tests.escape.witnesses.worker import Namespace

WITNESS = partial(Namespace, kind="user")
NEEDS = user_namespaces


def attack() -> None:
    import ctypes
    import mmap

    stack = mmap.mmap(-1, 65536)
    top = ctypes.addressof(ctypes.c_char.from_buffer(stack)) + 65000
    syscall("unshare", 0x10000000)
    syscall("clone", 0x10F00 | 0x10000000, top, 0, 0, 0)
