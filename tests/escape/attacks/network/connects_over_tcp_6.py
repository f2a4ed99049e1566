"""The same over IPv6."""

from __future__ import annotations

from tests.escape.needs import ip6
from tests.escape.witnesses.listeners import Tcp6Listener

WITNESS = Tcp6Listener
NEEDS = ip6


def attack(port: int) -> None:
    import socket

    socket.socket(socket.AF_INET6).connect(("::1", port))
