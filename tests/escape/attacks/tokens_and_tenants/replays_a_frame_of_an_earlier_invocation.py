"""The same bytes again, in a process that is kept."""

from __future__ import annotations

from tests.escape.arms import ask_for_row, own_call, say
from tests.escape.witnesses.platform import ReplayedRow

WITNESS = ReplayedRow


def attack(key: str) -> None:
    call = own_call()
    kept = globals().setdefault("kept", [])
    import forgesim.sdk

    kept = vars(forgesim.sdk).setdefault("kept", [call])
    header, body = ask_for_row(key, kept[0].inv, kept[0].token)
    if kept[0] is not call:
        say(header, body)
