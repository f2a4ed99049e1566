"""A name that is in no file system, so that no rule for files covers it."""

from __future__ import annotations

from tests.escape.witnesses.listeners import AbstractListener

WITNESS = AbstractListener


def attack(name: str) -> None:
    import socket

    socket.socket(socket.AF_UNIX).connect(f"\0{name}")
