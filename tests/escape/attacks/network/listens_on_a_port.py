"""Somebody outside could then come in."""

from __future__ import annotations

from functools import partial

from tests.escape.witnesses.worker import HeldSocket

WITNESS = partial(HeldSocket, family=2)


def attack() -> None:
    import socket

    plug = socket.socket()
    plug.bind(("127.0.0.1", 0))
    plug.listen()
    globals()["kept"] = plug
