"""O_PATH on the folder, then a relative name."""

from __future__ import annotations

from tests.escape.witnesses.hidden import SecretFile

WITNESS = SecretFile


def attack(path: str) -> object:
    import os

    folder = os.open(os.path.dirname(path), os.O_PATH)
    return os.read(os.open(os.path.basename(path), os.O_RDONLY, dir_fd=folder), 100).decode()
