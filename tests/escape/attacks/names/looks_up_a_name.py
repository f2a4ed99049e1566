"""getaddrinfo, where every name begins."""

from __future__ import annotations

from tests.escape.witnesses.hidden import HostAddress

WITNESS = HostAddress


def attack() -> object:
    import socket

    return socket.getaddrinfo("localhost", 80)[0][4][0]
