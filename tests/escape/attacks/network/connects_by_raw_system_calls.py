"""The numbers of the calls, below libc's wrappers."""

from __future__ import annotations

from tests.escape.arms import inet, syscall
from tests.escape.witnesses.listeners import TcpListener

WITNESS = TcpListener


def attack(port: int) -> None:
    syscall("connect", syscall("socket", 2, 1, 0), inet(port), 16)
