"""The call fork, past libc."""

from __future__ import annotations

from tests.escape.arms import syscall
from tests.escape.needs import x86_64
from tests.escape.witnesses.files import NewFile

WITNESS = NewFile
NEEDS = x86_64


def attack(path: str) -> None:
    import os

    child = syscall("fork")
    if child == 0:
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY))
        os._exit(0)
    os.waitpid(child, 0)
