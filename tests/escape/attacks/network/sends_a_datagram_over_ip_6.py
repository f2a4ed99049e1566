"""The same over IPv6."""

from __future__ import annotations

from tests.escape.needs import ip6
from tests.escape.witnesses.listeners import Udp6Listener

WITNESS = Udp6Listener
NEEDS = ip6


def attack(port: int) -> None:
    import socket

    socket.socket(socket.AF_INET6, socket.SOCK_DGRAM).sendto(b"stolen", ("::1", port))
