"""The helper of the socket module, with an address as text."""

from __future__ import annotations

from tests.escape.witnesses.listeners import TcpListener

WITNESS = TcpListener


def attack(port: int) -> None:
    import socket

    socket.create_connection(("127.0.0.1", port), 2)
