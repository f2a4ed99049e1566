"""The raw call."""

from __future__ import annotations

from tests.escape.arms import syscall
from tests.escape.witnesses.hidden import SecretFile

WITNESS = SecretFile


def attack(path: str) -> object:
    import os

    return os.read(syscall("openat", -100, path.encode(), 0), 100).decode()
