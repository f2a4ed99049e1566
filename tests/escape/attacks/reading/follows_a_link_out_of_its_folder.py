"""A symbolic link in the app's folder."""

from __future__ import annotations

from tests.escape.witnesses.hidden import LinkedSecret

WITNESS = LinkedSecret


def attack(path: str) -> object:
    with open(path) as file:
        return file.read()
