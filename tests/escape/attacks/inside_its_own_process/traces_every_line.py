"""A trace function that rewrites what it sees."""

from __future__ import annotations

from tests.escape.witnesses.listeners import TcpListener

WITNESS = TcpListener


def attack(port: int) -> None:
    import sys

    def trace(frame: object, event: str, _: object) -> object:
        return trace

    sys.settrace(trace)  # type: ignore[arg-type]

    import socket

    socket.socket().connect(("127.0.0.1", port))
