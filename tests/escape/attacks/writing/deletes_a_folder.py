"""rmdir."""

from __future__ import annotations

from tests.escape.witnesses.files import OldFolder

WITNESS = OldFolder


def attack(path: str) -> None:
    import os

    os.rmdir(path)
