"""Large requests that wait for their turn."""

from __future__ import annotations

from tests.escape.arms import own_call, say
from tests.escape.witnesses.platform import WaitingFlood

WITNESS = WaitingFlood


def attack(count: int) -> None:
    from forgesim.seam import Fetch

    call = own_call()
    body = bytes(1 << 20)
    for number in range(count):
        say(Fetch(number + 1, call.inv, call.token, {"type": "external"}, "https://x.example/", "POST"), body)
