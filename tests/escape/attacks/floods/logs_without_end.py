"""Frames of four hundred lines, past the guest's own limit."""

from __future__ import annotations

from tests.escape.arms import own_call, say
from tests.escape.witnesses.platform import LogFlood

WITNESS = LogFlood


def attack() -> None:
    from forgesim.seam import Fetch

    call = own_call()
    for _number in range(400):
        say(Fetch(0, call.inv, call.token, {"type": "log"}, "info", "POST"), b"x" * 1000)
