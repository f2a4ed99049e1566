"""connect_ex on a socket that does not block."""

from __future__ import annotations

from tests.escape.witnesses.listeners import TcpListener

WITNESS = TcpListener


def attack(port: int) -> object:
    import socket

    plug = socket.socket()
    plug.setblocking(False)
    answer = plug.connect_ex(("127.0.0.1", port))
    return "refused" if answer == 1 else answer
