"""connect and then write, which has no address."""

from __future__ import annotations

from tests.escape.witnesses.listeners import UdpListener

WITNESS = UdpListener


def attack(port: int) -> None:
    import os
    import socket

    plug = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    plug.connect(("127.0.0.1", port))
    os.write(plug.fileno(), b"stolen")
