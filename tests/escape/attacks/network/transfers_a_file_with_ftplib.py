"""The FTP client of the standard library."""

from __future__ import annotations

from tests.escape.witnesses.listeners import TcpListener

WITNESS = TcpListener


def attack(port: int) -> None:
    import ftplib

    ftplib.FTP().connect("127.0.0.1", port, timeout=0.1)
