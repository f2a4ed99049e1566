"""shutil.rmtree."""

from __future__ import annotations

from tests.escape.witnesses.files import OldFolder

WITNESS = OldFolder


def attack(path: str) -> None:
    import shutil

    shutil.rmtree(path)
