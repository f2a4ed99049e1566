"""open, as any app would."""

from __future__ import annotations

from tests.escape.witnesses.hidden import SecretFile

WITNESS = SecretFile


def attack(path: str) -> object:
    with open(path) as file:
        return file.read()
