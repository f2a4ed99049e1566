"""os.popen."""

from __future__ import annotations

from tests.escape.witnesses.files import NewFile

WITNESS = NewFile


def attack(path: str) -> object:
    import os

    return os.popen(f"echo stolen > {path}").read()
