"""A socket module that nobody has touched."""

from __future__ import annotations

from tests.escape.witnesses.listeners import TcpListener

WITNESS = TcpListener


def attack(port: int) -> None:
    import importlib
    import sys

    for name in ("socket", "_socket"):
        sys.modules.pop(name, None)
    importlib.import_module("_socket").socket(2, 1, 0).connect(("127.0.0.1", port))
