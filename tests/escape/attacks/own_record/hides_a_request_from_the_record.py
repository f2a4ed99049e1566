"""The frame is written past the SDK, which keeps no list of it."""

from __future__ import annotations

from tests.escape.arms import ask_for_row, own_call, say
from tests.escape.witnesses.platform import UnrecordedRow

WITNESS = UnrecordedRow


def attack(key: str) -> None:
    call = own_call()
    header, body = ask_for_row(key, call.inv, call.token)
    say(header, body)
