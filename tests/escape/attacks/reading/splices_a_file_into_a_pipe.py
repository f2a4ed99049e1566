"""splice."""

from __future__ import annotations

from tests.escape.witnesses.hidden import SecretFile

WITNESS = SecretFile


def attack(path: str) -> object:
    import os

    source = os.open(path, os.O_RDONLY)
    reader, writer = os.pipe()
    os.splice(source, writer, 100)
    return os.read(reader, 100).decode()
