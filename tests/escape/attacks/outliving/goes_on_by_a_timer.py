"""A timer of threading."""

from __future__ import annotations

from tests.escape.arms import ask_for_row, own_call, say
from tests.escape.witnesses.platform import LateRow

WITNESS = LateRow


def attack(key: str, wait: bool) -> None:
    import threading

    call = own_call()

    def later() -> None:
        header, body = ask_for_row(key, call.inv, call.token)
        say(header, body)

    timer = threading.Timer(0.06, later)
    timer.daemon = True
    timer.start()
    if wait:
        timer.join()
