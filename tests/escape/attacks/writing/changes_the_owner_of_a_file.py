"""chown."""

from __future__ import annotations

from tests.escape.needs import root
from tests.escape.witnesses.files import OldFile

WITNESS = OldFile
NEEDS = root


def attack(path: str) -> None:
    import os

    os.chown(path, 65534, 65534)
