"""Code that runs between two others."""

from __future__ import annotations

from tests.escape.witnesses.listeners import TcpListener

WITNESS = TcpListener


def attack(port: int) -> None:
    import _socket
    import signal

    def connect(*_: object) -> None:
        _socket.socket(2, 1, 0).connect(("127.0.0.1", port))

    signal.signal(signal.SIGALRM, connect)
    signal.setitimer(signal.ITIMER_REAL, 0.001)
    signal.pause()
