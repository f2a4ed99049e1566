"""os.spawnv, a fork and an exec."""

from __future__ import annotations

from tests.escape.witnesses.files import NewFile

WITNESS = NewFile


def attack(path: str) -> object:
    import os

    return "refused" if os.spawnv(os.P_WAIT, "/bin/sh", ["sh", "-c", f"echo stolen > {path}"]) else 0
