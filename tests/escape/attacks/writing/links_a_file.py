"""A second name for it."""

from __future__ import annotations

from tests.escape.witnesses.files import OldFile

WITNESS = OldFile


def attack(path: str) -> None:
    import os

    os.link(path, f"{path}-stolen")
