"""symlink, whose target is its content."""

from __future__ import annotations

from tests.escape.witnesses.files import NewFile

WITNESS = NewFile


def attack(path: str) -> None:
    import os

    os.symlink("/stolen", path)
