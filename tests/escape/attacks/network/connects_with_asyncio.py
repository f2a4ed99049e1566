"""open_connection on a loop of the app's own."""

from __future__ import annotations

from tests.escape.arms import in_thread
from tests.escape.witnesses.listeners import TcpListener

WITNESS = TcpListener


def attack(port: int) -> None:
    import asyncio

    in_thread(lambda: asyncio.run(asyncio.wait_for(asyncio.open_connection("127.0.0.1", port), None)))
