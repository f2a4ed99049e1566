"""pty.spawn."""

from __future__ import annotations

from tests.escape.witnesses.files import NewFile

WITNESS = NewFile


def attack(path: str) -> None:
    import os
    import pty

    os.set_inheritable(3, True)
    pty.spawn(["/bin/sh", "-c", f"echo stolen > {path}"], lambda fd: os.read(fd, 1024), lambda _: b"")
