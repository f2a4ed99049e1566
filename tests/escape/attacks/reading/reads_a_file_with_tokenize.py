"""tokenize.open, which it lets look at sources too."""

from __future__ import annotations

from tests.escape.witnesses.hidden import SecretFile

WITNESS = SecretFile


def attack(path: str) -> object:
    import tokenize

    with tokenize.open(path) as file:
        return file.read()
