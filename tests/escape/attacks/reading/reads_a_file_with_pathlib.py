"""Path.read_text."""

from __future__ import annotations

from tests.escape.witnesses.hidden import SecretFile

WITNESS = SecretFile


def attack(path: str) -> object:
    import pathlib

    return pathlib.Path(path).read_text()
