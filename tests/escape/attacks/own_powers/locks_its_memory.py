"""mlock keeps it from everybody else."""

from __future__ import annotations

from functools import partial

from tests.escape.arms import checked, libc
from tests.escape.witnesses.worker import Status, more_than_nothing

WITNESS = partial(Status, field="VmLck", bad=more_than_nothing)


def attack() -> None:
    import ctypes

    kept = ctypes.create_string_buffer(1 << 20)
    globals()["kept"] = kept
    checked(libc().mlock(kept, 1 << 20))
