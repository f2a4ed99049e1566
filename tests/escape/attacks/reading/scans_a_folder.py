"""scandir."""

from __future__ import annotations

from tests.escape.witnesses.hidden import SecretName

WITNESS = SecretName


def attack(path: str) -> object:
    import os

    return [entry.name for entry in os.scandir(path)]
