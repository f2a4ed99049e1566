"""Real time, real randomness, the real uname."""

from __future__ import annotations

from tests.escape.witnesses.listeners import TcpListener

WITNESS = TcpListener


def attack(port: int) -> None:
    import importlib
    import os
    import time

    for module in (os, time):
        importlib.reload(module)

    import socket

    socket.socket().connect(("127.0.0.1", port))
