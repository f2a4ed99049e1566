"""os.system."""

from __future__ import annotations

from tests.escape.witnesses.files import NewFile

WITNESS = NewFile


def attack(path: str) -> object:
    import os

    return "refused" if os.system(f"echo stolen > {path}") else 0
