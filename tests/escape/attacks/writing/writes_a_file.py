"""open for writing."""

from __future__ import annotations

from tests.escape.witnesses.files import NewFile

WITNESS = NewFile


def attack(path: str) -> None:
    with open(path, "w") as file:
        file.write("stolen")
