"""chmod: Landlock does not cover it."""

from __future__ import annotations

from tests.escape.witnesses.files import OldFile

WITNESS = OldFile


def attack(path: str) -> None:
    import os

    os.chmod(path, 0o777)
