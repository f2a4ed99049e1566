"""Byte code that no compiler has seen."""

from __future__ import annotations

from tests.escape.witnesses.listeners import TcpListener

WITNESS = TcpListener


def attack(port: int) -> None:
    import types

    def inner() -> object:
        import _socket

        return _socket.socket(2, 1, 0)

    code = inner.__code__.replace(co_filename="<made>", co_name="made")
    plug = types.FunctionType(code, {})()
    plug.connect(("127.0.0.1", port))
