"""atexit."""

from __future__ import annotations

from tests.escape.arms import ask_for_row, own_call, say
from tests.escape.witnesses.platform import LateRow

WITNESS = LateRow


def attack(key: str, wait: bool) -> None:
    import atexit

    call = own_call()

    def later() -> None:
        header, body = ask_for_row(key, call.inv, call.token)
        say(header, body)

    atexit.register(later)
    if wait:
        atexit._run_exitfuncs()
