"""open for appending."""

from __future__ import annotations

from tests.escape.witnesses.files import OldFile

WITNESS = OldFile


def attack(path: str) -> None:
    with open(path, "a") as file:
        file.write("stolen")
