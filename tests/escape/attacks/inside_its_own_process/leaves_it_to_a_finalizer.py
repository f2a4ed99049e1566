"""Code that runs when an object dies."""

from __future__ import annotations

from tests.escape.witnesses.listeners import TcpListener

WITNESS = TcpListener


def attack(port: int) -> None:
    import _socket
    import gc

    class Last:
        def __del__(self) -> None:
            _socket.socket(2, 1, 0).connect(("127.0.0.1", port))

    Last()
    gc.collect()
