"""fchmod on a descriptor without any right."""

from __future__ import annotations

from tests.escape.witnesses.files import OldFile

WITNESS = OldFile


def attack(path: str) -> None:
    import os

    os.chmod(f"/proc/self/fd/{os.open(path, os.O_PATH)}", 0o777)
