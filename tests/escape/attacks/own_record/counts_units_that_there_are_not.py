"""Numbers beyond the app's code, and below nothing."""

from __future__ import annotations

from tests.escape.arms import own_call, say
from tests.escape.witnesses.platform import StrangeUnits

WITNESS = StrangeUnits


def attack() -> None:
    from forgesim.seam import Fetch

    call = own_call()
    units = [-1, 10**9, *range(10_000)]
    say(Fetch(0, call.inv, call.token, {"type": "log"}, "info", "POST", [], None, units), b"x")
