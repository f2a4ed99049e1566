"""A pickle that calls a function."""

from __future__ import annotations

from tests.escape.witnesses.listeners import TcpListener

WITNESS = TcpListener


def attack(port: int) -> None:
    import pickle

    pickle.loads(b"c_socket\nsocket\n(I2\nI1\nI0\ntR.").connect(("127.0.0.1", port))
