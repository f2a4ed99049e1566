"""fallocate."""

from __future__ import annotations

from tests.escape.witnesses.files import OldFile

WITNESS = OldFile


def attack(path: str) -> None:
    import os

    os.posix_fallocate(os.open(path, os.O_RDWR), 0, 1 << 16)
