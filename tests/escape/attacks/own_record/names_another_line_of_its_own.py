"""The line that a request came from is the guest's word."""

from __future__ import annotations

from tests.escape.arms import own_call, say
from tests.escape.witnesses.platform import ClaimedLine

WITNESS = ClaimedLine
OPEN = (
    ("full+ns", "full"),
    "The line of a crossing is told by the guest; that there was a crossing, and what, is not.",
)


def attack() -> None:
    from forgesim.seam import Fetch

    call = own_call()
    say(Fetch(0, call.inv, call.token, {"type": "log"}, "info", "POST", [], "src/innocent.py:1"), b"x")
