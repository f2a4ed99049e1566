"""bpf."""

from __future__ import annotations

from functools import partial

from tests.escape.arms import syscall
from tests.escape.needs import BPF_MAP, call
from tests.escape.witnesses.worker import Held

WITNESS = partial(Held, pattern="bpf-map")
NEEDS = call("bpf", 0, BPF_MAP, 72)


def attack() -> object:
    import ctypes
    import struct

    return syscall("bpf", 0, ctypes.create_string_buffer(struct.pack("=IIII", 2, 4, 4, 1).ljust(72, b"\0")), 72)
