"""flock on a file that it may read: the host's own lock would wait."""

from __future__ import annotations

from tests.escape.witnesses.files import UnlockedFile

WITNESS = UnlockedFile


def attack(path: str) -> None:
    import fcntl

    file = open(path)
    globals()["kept"] = file
    fcntl.flock(file, fcntl.LOCK_EX)
