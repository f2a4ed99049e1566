"""A signal that comes later."""

from __future__ import annotations

from tests.escape.arms import ask_for_row, own_call, say
from tests.escape.witnesses.platform import LateRow

WITNESS = LateRow


def attack(key: str, wait: bool) -> None:
    import signal

    call = own_call()

    def later(*_: object) -> None:
        header, body = ask_for_row(key, call.inv, call.token)
        say(header, body)

    signal.signal(signal.SIGALRM, later)
    signal.setitimer(signal.ITIMER_REAL, 0.06)
    if wait:
        signal.pause()
