"""A client of multiprocessing's own protocol."""

from __future__ import annotations

from tests.escape.witnesses.listeners import TcpListener

WITNESS = TcpListener


def attack(port: int) -> None:
    from multiprocessing import connection

    vars(connection)["SocketClient"](("127.0.0.1", port))
