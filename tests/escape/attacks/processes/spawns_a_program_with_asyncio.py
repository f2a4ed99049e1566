"""A subprocess of asyncio."""

from __future__ import annotations

from tests.escape.arms import in_thread
from tests.escape.witnesses.files import NewFile

WITNESS = NewFile


def attack(path: str) -> None:
    import asyncio

    async def run() -> None:
        child = await asyncio.create_subprocess_exec("/bin/sh", "-c", f"echo stolen > {path}")
        await child.wait()

    in_thread(lambda: asyncio.run(run()))
