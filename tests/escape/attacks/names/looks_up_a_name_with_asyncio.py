"""A lookup in the thread pool of a loop."""

from __future__ import annotations

from tests.escape.arms import in_thread
from tests.escape.witnesses.hidden import HostAddress

WITNESS = HostAddress


def attack() -> object:
    import asyncio
    import socket

    async def look() -> object:
        loop = asyncio.get_running_loop()
        return (await loop.getaddrinfo("localhost", 80, family=socket.AF_INET))[0][4][0]

    return in_thread(lambda: asyncio.run(look()))
