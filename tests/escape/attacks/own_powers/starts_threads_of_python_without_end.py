"""Threads of the interpreter, with small stacks."""

from __future__ import annotations

from functools import partial

from tests.escape.witnesses.worker import Status, crowd

WITNESS = partial(Status, field="Threads", bad=crowd)


def attack() -> None:
    import threading

    threading.stack_size(64 * 1024)
    lock = threading.Lock()
    lock.acquire()
    globals()["kept"] = lock
    for _ in range(1100):
        threading.Thread(target=lock.acquire, daemon=True).start()
