"""fileinput."""

from __future__ import annotations

from tests.escape.witnesses.hidden import SecretFile

WITNESS = SecretFile


def attack(path: str) -> object:
    import fileinput

    return "".join(fileinput.input(path))
