"""The hook lets modules of the interpreter look at files; its frames go by a name."""

from __future__ import annotations

from tests.escape.witnesses.listeners import TcpListener

WITNESS = TcpListener


def attack(port: int) -> None:
    globals()["__name__"] = "importlib._bootstrap"

    import socket

    socket.socket().connect(("127.0.0.1", port))
