"""Four hundred copies of one descriptor."""

from __future__ import annotations

from tests.escape.witnesses.worker import OpenFiles

WITNESS = OpenFiles


def attack() -> None:
    import os

    globals()["kept"] = [os.dup(3) for _ in range(400)]
