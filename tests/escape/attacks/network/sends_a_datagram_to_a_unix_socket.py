"""A datagram to a path."""

from __future__ import annotations

from tests.escape.witnesses.listeners import UnixDatagrams

WITNESS = UnixDatagrams


def attack(path: str) -> None:
    import socket

    socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).sendto(b"stolen", path)
