"""The zygote, which all workers come from."""

from __future__ import annotations

from tests.escape.arms import libc
from tests.escape.witnesses.worker import Zygote

WITNESS = Zygote


def attack() -> None:
    import os

    os.kill(libc().getppid(), 9)
    libc().pause()  # it dies with it
