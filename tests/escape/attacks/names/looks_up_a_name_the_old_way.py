"""gethostbyname."""

from __future__ import annotations

from tests.escape.witnesses.hidden import HostAddress

WITNESS = HostAddress


def attack() -> object:
    import socket

    return socket.gethostbyname("localhost")
