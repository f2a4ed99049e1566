"""Nothing of ours is left to import."""

from __future__ import annotations

from tests.escape.witnesses.listeners import TcpListener

WITNESS = TcpListener


def attack(port: int) -> None:
    import sys

    for name in [name for name in sys.modules if name.startswith("forgesim")]:
        del sys.modules[name]

    import socket

    socket.socket().connect(("127.0.0.1", port))
