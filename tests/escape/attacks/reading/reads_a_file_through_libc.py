"""open of libc."""

from __future__ import annotations

from tests.escape.arms import checked, libc
from tests.escape.witnesses.hidden import SecretFile

WITNESS = SecretFile


def attack(path: str) -> object:
    import os

    return os.read(checked(libc().open(path.encode(), 0)), 100).decode()
