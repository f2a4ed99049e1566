"""A logging handler that opens a connection."""

from __future__ import annotations

from tests.escape.witnesses.listeners import TcpListener

WITNESS = TcpListener


def attack(port: int) -> object:
    import logging.handlers

    logging.handlers.SocketHandler("127.0.0.1", port).createSocket()
    return "refused"
