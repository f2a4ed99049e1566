"""The same, its metadata."""

from __future__ import annotations

from tests.escape.witnesses.files import OldFileOfTheApp

WITNESS = OldFileOfTheApp


def attack(path: str) -> None:
    import os

    os.utime(path, (0, 0))
