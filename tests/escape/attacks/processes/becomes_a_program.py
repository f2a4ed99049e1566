"""execv: the walls would stay, the audit hook would not."""

from __future__ import annotations

from tests.escape.witnesses.files import NewFile

WITNESS = NewFile


def attack(path: str) -> None:
    import os

    os.set_inheritable(3, True)  # a worker that drops its seam is killed at once
    os.execv("/bin/sh", ["sh", "-c", f"echo stolen > {path}"])
