"""A socket of the host's that is a path."""

from __future__ import annotations

from tests.escape.witnesses.listeners import UnixListener

WITNESS = UnixListener


def attack(path: str) -> None:
    import socket

    socket.socket(socket.AF_UNIX).connect(path)
