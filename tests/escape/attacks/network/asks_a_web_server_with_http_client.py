"""The HTTP client of the standard library."""

from __future__ import annotations

from tests.escape.witnesses.listeners import TcpListener

WITNESS = TcpListener


def attack(port: int) -> None:
    import http.client

    http.client.HTTPConnection("127.0.0.1", port, timeout=1).request("GET", "/stolen")
