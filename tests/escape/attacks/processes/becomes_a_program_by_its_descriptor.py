"""fexecve."""

from __future__ import annotations

from tests.escape.witnesses.files import NewFile

WITNESS = NewFile


def attack(path: str) -> None:
    import os

    os.set_inheritable(3, True)
    fd = os.open("/bin/sh", os.O_RDONLY)
    os.execve(fd, ["sh", "-c", f"echo stolen > {path}"], {})
