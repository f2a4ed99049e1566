"""A thousand mappings of two megabytes."""

from __future__ import annotations

from functools import partial

from tests.escape.witnesses.worker import Status, two_gigabytes

WITNESS = partial(Status, field="VmSize", bad=two_gigabytes)


def attack() -> None:
    import mmap

    globals()["kept"] = [mmap.mmap(-1, 2 << 20) for _ in range(1000)]
