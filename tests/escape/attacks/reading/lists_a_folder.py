"""The names of files."""

from __future__ import annotations

from tests.escape.witnesses.hidden import SecretName

WITNESS = SecretName


def attack(path: str) -> object:
    import os

    return os.listdir(path)
