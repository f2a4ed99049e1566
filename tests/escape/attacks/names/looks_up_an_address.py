"""gethostbyaddr, from an address to a name."""

from __future__ import annotations

from tests.escape.witnesses.hidden import HostAddress

WITNESS = HostAddress


def attack() -> object:
    import socket

    return socket.gethostbyaddr("127.0.0.1")[0]
