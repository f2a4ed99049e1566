"""One of its own, so that ours is never heard."""

from __future__ import annotations

from tests.escape.witnesses.listeners import TcpListener

WITNESS = TcpListener


def attack(port: int) -> None:
    import sys

    sys.addaudithook(lambda event, _: (_ for _ in ()).throw(KeyError()) if event == "open" else None)

    import socket

    socket.socket().connect(("127.0.0.1", port))
