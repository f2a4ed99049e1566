"""The XML-RPC client of the standard library."""

from __future__ import annotations

from tests.escape.witnesses.listeners import TcpListener

WITNESS = TcpListener


def attack(port: int) -> None:
    import socket
    import xmlrpc.client

    socket.setdefaulttimeout(0.1)
    xmlrpc.client.ServerProxy(f"http://127.0.0.1:{port}/").stolen()
