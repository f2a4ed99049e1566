"""A fork bomb of twenty, as the machine has to live through the control."""

from __future__ import annotations

from tests.escape.witnesses.files import NewFile

WITNESS = NewFile


def attack(path: str) -> None:
    import os

    made = 0
    for _ in range(20):
        child = os.fork()
        if child == 0:
            os.close(os.open(path, os.O_CREAT | os.O_WRONLY))
            os._exit(0)
        made += 1
    for _ in range(made):
        os.wait()
