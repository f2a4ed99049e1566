"""creat of libc."""

from __future__ import annotations

from tests.escape.arms import checked, libc
from tests.escape.witnesses.files import NewFile

WITNESS = NewFile


def attack(path: str) -> None:
    checked(libc().creat(path.encode(), 0o600))
