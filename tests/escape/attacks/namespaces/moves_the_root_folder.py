"""chroot into a folder that it may read."""

from __future__ import annotations

from tests.escape.needs import root
from tests.escape.witnesses.worker import ChangedRoot

WITNESS = ChangedRoot
NEEDS = root


def attack(path: str) -> None:
    import os

    os.mkdir(path)
    os.chroot(path)
    os.chdir("/")
