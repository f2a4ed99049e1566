"""A lock of POSIX, for reading."""

from __future__ import annotations

from tests.escape.witnesses.files import UnlockedFile

WITNESS = UnlockedFile


def attack(path: str) -> None:
    import fcntl

    file = open(path)
    globals()["kept"] = file
    fcntl.lockf(file, fcntl.LOCK_SH)
