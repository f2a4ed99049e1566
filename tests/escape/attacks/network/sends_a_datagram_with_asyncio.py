"""A datagram endpoint of asyncio."""

from __future__ import annotations

from tests.escape.arms import in_thread
from tests.escape.witnesses.listeners import UdpListener

WITNESS = UdpListener


def attack(port: int) -> None:
    import asyncio

    async def send() -> None:
        loop = asyncio.get_running_loop()
        plug, _ = await loop.create_datagram_endpoint(asyncio.DatagramProtocol, remote_addr=("127.0.0.1", port))
        plug.sendto(b"stolen")

    in_thread(lambda: asyncio.run(send()))
