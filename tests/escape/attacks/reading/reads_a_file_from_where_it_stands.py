"""chdir, then a relative name."""

from __future__ import annotations

from tests.escape.witnesses.hidden import SecretFile

WITNESS = SecretFile


def attack(path: str) -> object:
    import os

    os.chdir(os.path.dirname(path))
    with open(os.path.basename(path)) as file:
        return file.read()
