"""O_TMPFILE, then a name for it."""

from __future__ import annotations

from tests.escape.arms import syscall
from tests.escape.witnesses.files import NewFile

WITNESS = NewFile


def attack(path: str) -> None:
    import os

    fd = os.open(os.path.dirname(path), os.O_TMPFILE | os.O_RDWR, 0o600)
    syscall("linkat", -100, f"/proc/self/fd/{fd}".encode(), -100, path.encode(), 0x400)
