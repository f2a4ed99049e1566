"""renameat2 by number."""

from __future__ import annotations

from tests.escape.arms import syscall
from tests.escape.witnesses.files import OldFile

WITNESS = OldFile


def attack(path: str) -> None:

    syscall("renameat2", -100, path.encode(), -100, f"{path}-stolen".encode(), 1)
