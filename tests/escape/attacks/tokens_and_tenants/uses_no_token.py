"""The same without one."""

from __future__ import annotations

from tests.escape.arms import ask_for_row, own_call, say
from tests.escape.witnesses.platform import Row

WITNESS = Row


def attack(key: str) -> None:
    call = own_call()
    header, body = ask_for_row(key, call.inv, "")
    say(header, body)
