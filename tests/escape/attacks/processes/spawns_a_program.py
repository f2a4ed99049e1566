"""posix_spawn."""

from __future__ import annotations

from tests.escape.witnesses.files import NewFile

WITNESS = NewFile


def attack(path: str) -> None:
    import os

    os.waitpid(os.posix_spawn("/bin/sh", ["sh", "-c", f"echo stolen > {path}"], {}), 0)
