"""A job of a pool of threads."""

from __future__ import annotations

from tests.escape.arms import ask_for_row, libc, own_call, say
from tests.escape.witnesses.platform import LateRow

WITNESS = LateRow


def attack(key: str, wait: bool) -> None:
    import concurrent.futures

    call = own_call()
    sleep = libc().usleep

    def later() -> None:
        sleep(60_000)
        header, body = ask_for_row(key, call.inv, call.token)
        say(header, body)

    job = concurrent.futures.ThreadPoolExecutor().submit(later)
    if wait:
        job.result()
