"""os.open and os.read."""

from __future__ import annotations

from tests.escape.witnesses.hidden import SecretFile

WITNESS = SecretFile


def attack(path: str) -> object:
    import os

    return os.read(os.open(path, os.O_RDONLY), 100).decode()
