"""seccomp with a listener, by which it would answer its own calls."""

from __future__ import annotations

from functools import partial

from tests.escape.arms import checked, libc, syscall
from tests.escape.witnesses.worker import Held

WITNESS = partial(Held, pattern="seccomp")


def attack() -> object:
    import ctypes
    import struct

    program = ctypes.create_string_buffer(struct.pack("=HBBI", 6, 0, 0, 0x7FFF0000))
    shape = ctypes.create_string_buffer(struct.pack("=H6xQ", 1, ctypes.addressof(program)))
    checked(libc().prctl(38, 1, 0, 0, 0))
    return syscall("seccomp", 1, 8, shape)
