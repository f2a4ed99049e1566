"""A file beside the app's code."""

from __future__ import annotations

from tests.escape.witnesses.files import NewFileOfTheApp

WITNESS = NewFileOfTheApp


def attack(path: str) -> None:
    with open(path, "w") as file:
        file.write("stolen")
