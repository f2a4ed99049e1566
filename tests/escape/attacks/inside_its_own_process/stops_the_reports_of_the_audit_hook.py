"""The frame that tells the host."""

from __future__ import annotations

from tests.escape.witnesses.listeners import TcpListener

WITNESS = TcpListener


def attack(port: int) -> None:
    from forgesim.sdk.fetch import transport

    guest: object = transport()
    type(guest).violate = lambda *_, **__: None  # type: ignore[attr-defined]

    import socket

    socket.socket().connect(("127.0.0.1", port))
