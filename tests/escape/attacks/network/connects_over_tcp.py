"""The plain way out: a socket and connect."""

from __future__ import annotations

from tests.escape.witnesses.listeners import TcpListener

WITNESS = TcpListener


def attack(port: int) -> None:
    import socket

    socket.socket().connect(("127.0.0.1", port))
