"""sem_open, a file in shared memory."""

from __future__ import annotations

from tests.escape.witnesses.tables import NamedSemaphore

WITNESS = NamedSemaphore


def attack(name: str) -> None:
    import importlib

    globals()["kept"] = importlib.import_module("_multiprocessing").SemLock(1, 1, 1, name, False)
