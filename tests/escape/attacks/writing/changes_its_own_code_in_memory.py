"""A shared mapping of a file that it may read."""

from __future__ import annotations

from tests.escape.witnesses.files import OldFileOfTheApp

WITNESS = OldFileOfTheApp


def attack(path: str) -> None:
    import mmap

    with open(path, "r+b") as file:
        mmap.mmap(file.fileno(), 0, mmap.MAP_SHARED, mmap.PROT_WRITE)[:3] = b"xxx"
