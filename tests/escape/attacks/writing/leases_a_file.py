"""A lease: whoever opens the file has to wait for its holder."""

from __future__ import annotations

from tests.escape.witnesses.files import UnlockedFile

WITNESS = UnlockedFile


def attack(path: str) -> None:
    import fcntl

    file = open(path)
    globals()["kept"] = file
    fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_RDLCK)
