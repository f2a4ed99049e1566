"""The loop's own sock_connect, which raises no event of a lookup."""

from __future__ import annotations

from tests.escape.arms import in_thread
from tests.escape.witnesses.listeners import TcpListener

WITNESS = TcpListener


def attack(port: int) -> None:
    import asyncio
    import socket

    async def connect() -> None:
        plug = socket.socket()
        plug.setblocking(False)
        await asyncio.get_running_loop().sock_connect(plug, ("127.0.0.1", port))

    in_thread(lambda: asyncio.run(connect()))
