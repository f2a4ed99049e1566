"""Requests by the hundred thousand."""

from __future__ import annotations

from tests.escape.arms import own_call
from tests.escape.witnesses.platform import FrameFlood

WITNESS = FrameFlood


def attack(count: int) -> None:
    import os

    from forgesim.seam import Fetch, pack

    call = own_call()
    data = pack(Fetch(0, call.inv, call.token, {"type": "log"}, "info", "POST"), b"") * 500
    for _ in range(count // 500):
        left = data
        while left:
            left = left[os.write(3, left) :]
