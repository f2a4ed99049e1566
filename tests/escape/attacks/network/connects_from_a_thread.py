"""A thread that the app starts itself."""

from __future__ import annotations

from tests.escape.arms import in_thread
from tests.escape.witnesses.listeners import TcpListener

WITNESS = TcpListener


def attack(port: int) -> None:
    import socket

    in_thread(lambda: socket.socket().connect(("127.0.0.1", port)))
