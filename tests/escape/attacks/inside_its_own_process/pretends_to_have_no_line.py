"""Code whose file is none of the app's."""

from __future__ import annotations

from tests.escape.witnesses.listeners import TcpListener

WITNESS = TcpListener


def attack(port: int) -> None:
    names: dict[str, object] = {"port": port, "__name__": "importlib"}
    exec(
        compile("import _socket\n_socket.socket(2, 1, 0).connect(('127.0.0.1', port))", "<frozen importlib>", "exec"),
        names,
    )
