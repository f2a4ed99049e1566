"""A server of asyncio."""

from __future__ import annotations

from functools import partial

from tests.escape.arms import in_thread
from tests.escape.witnesses.worker import HeldSocket

WITNESS = partial(HeldSocket, family=2)


def attack() -> None:
    import asyncio

    async def serve() -> None:
        globals()["kept"] = await asyncio.start_server(lambda _reader, _writer: None, "127.0.0.1", 0)

    loop = asyncio.new_event_loop()
    globals()["loop"] = loop
    in_thread(lambda: loop.run_until_complete(serve()))
