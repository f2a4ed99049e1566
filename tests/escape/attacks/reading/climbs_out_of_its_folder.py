"""A path that begins where the app may read."""

from __future__ import annotations

from tests.escape.witnesses.hidden import SecretAbove

WITNESS = SecretAbove


def attack(path: str) -> object:
    with open(path) as file:
        return file.read()
