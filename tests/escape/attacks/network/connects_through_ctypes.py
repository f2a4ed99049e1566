"""socket and connect of libc, below the interpreter."""

from __future__ import annotations

from tests.escape.arms import checked, inet, libc
from tests.escape.witnesses.listeners import TcpListener

WITNESS = TcpListener


def attack(port: int) -> None:
    library = libc()
    plug = checked(library.socket(2, 1, 0))
    checked(library.connect(plug, inet(port), 16))
