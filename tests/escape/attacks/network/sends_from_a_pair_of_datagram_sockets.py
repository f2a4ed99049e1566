"""A pair needs no socket call, and one end of it can still address others."""

from __future__ import annotations

from tests.escape.witnesses.listeners import UnixDatagrams

WITNESS = UnixDatagrams


def attack(path: str) -> None:
    import socket

    socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)[0].sendto(b"stolen", path)
