"""A file that it may read."""

from __future__ import annotations

from tests.escape.witnesses.files import OldFileOfTheApp

WITNESS = OldFileOfTheApp


def attack(path: str) -> None:
    with open(path, "w") as file:
        file.write("stolen")
