"""A new file system over a folder of the host's."""

from __future__ import annotations

from tests.escape.arms import syscall
from tests.escape.needs import root
from tests.escape.witnesses.worker import Mount

WITNESS = Mount
NEEDS = root


def attack(path: str) -> None:
    import os

    os.mkdir(path)
    syscall("mount", b"tmpfs", path.encode(), b"tmpfs", 0, b"size=4k")
