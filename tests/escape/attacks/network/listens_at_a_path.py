"""A socket of its own in the host's file system."""

from __future__ import annotations

from tests.escape.witnesses.files import NewFile

WITNESS = NewFile


def attack(path: str) -> None:
    import socket

    socket.socket(socket.AF_UNIX).bind(path)
