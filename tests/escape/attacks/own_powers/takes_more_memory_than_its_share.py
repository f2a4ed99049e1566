"""Two gigabytes, reserved and not touched: the machine has to live through the control."""

from __future__ import annotations

from functools import partial

from tests.escape.witnesses.worker import Status, two_gigabytes

WITNESS = partial(Status, field="VmSize", bad=two_gigabytes)


def attack() -> None:
    import mmap

    globals()["kept"] = mmap.mmap(-1, 2 << 30)
