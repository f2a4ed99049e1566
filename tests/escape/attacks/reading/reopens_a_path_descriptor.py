"""O_PATH asks for no right to read; /proc/self/fd opens it again."""

from __future__ import annotations

from tests.escape.witnesses.hidden import SecretFile

WITNESS = SecretFile


def attack(path: str) -> object:
    import os

    fd = os.open(path, os.O_PATH)
    with open(f"/proc/self/fd/{fd}") as file:
        return file.read()
