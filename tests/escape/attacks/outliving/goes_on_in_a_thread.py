"""A thread that is still there after the result."""

from __future__ import annotations

from tests.escape.arms import ask_for_row, libc, own_call, say
from tests.escape.witnesses.platform import LateRow

WITNESS = LateRow


def attack(key: str, wait: bool) -> None:
    import threading

    call = own_call()
    sleep = libc().usleep

    def later() -> None:
        sleep(60_000)
        header, body = ask_for_row(key, call.inv, call.token)
        say(header, body)

    thread = threading.Thread(target=later, daemon=True)
    thread.start()
    if wait:
        thread.join()
