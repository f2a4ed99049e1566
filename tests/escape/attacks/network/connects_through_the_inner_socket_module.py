"""_socket, below what might be patched in socket."""

from __future__ import annotations

from tests.escape.witnesses.listeners import TcpListener

WITNESS = TcpListener


def attack(port: int) -> None:
    import _socket

    _socket.socket(2, 1, 0).connect(("127.0.0.1", port))
