"""/proc/self/root, another name for the same root."""

from __future__ import annotations

from tests.escape.witnesses.hidden import SecretFile

WITNESS = SecretFile


def attack(path: str) -> object:
    with open(f"/proc/self/root{path}") as file:
        return file.read()
