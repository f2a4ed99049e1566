"""The same by asyncio."""

from __future__ import annotations

from tests.escape.arms import in_thread
from tests.escape.witnesses.listeners import UnixListener

WITNESS = UnixListener


def attack(path: str) -> None:
    import asyncio

    in_thread(lambda: asyncio.run(asyncio.wait_for(asyncio.open_unix_connection(path), None)))
