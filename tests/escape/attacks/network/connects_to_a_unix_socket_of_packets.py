"""SOCK_SEQPACKET instead of a stream."""

from __future__ import annotations

from tests.escape.witnesses.listeners import UnixPackets

WITNESS = UnixPackets


def attack(path: str) -> None:
    import socket

    socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET).connect(path)
