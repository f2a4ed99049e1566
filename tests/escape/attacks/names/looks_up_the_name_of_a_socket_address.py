"""getnameinfo."""

from __future__ import annotations

from tests.escape.witnesses.hidden import HostAddress

WITNESS = HostAddress


def attack() -> object:
    import socket

    return socket.getnameinfo(("127.0.0.1", 80), socket.NI_NAMEREQD)[0]
