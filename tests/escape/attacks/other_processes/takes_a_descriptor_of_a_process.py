"""pidfd_getfd copies it, whatever the file."""

from __future__ import annotations

from tests.escape.arms import syscall
from tests.escape.witnesses.victim import VictimsFile

WITNESS = VictimsFile


def attack(pid: int, number: int) -> object:
    import os

    fd = syscall("pidfd_getfd", os.pidfd_open(pid), number, 0)
    return os.pread(fd, 100, 0).decode()
