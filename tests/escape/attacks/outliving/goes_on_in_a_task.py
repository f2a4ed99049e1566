"""A task of the loop that nobody awaits."""

from __future__ import annotations

from tests.escape.arms import ask_for_row, own_call, say
from tests.escape.witnesses.platform import LateRow

WITNESS = LateRow


async def attack(key: str, wait: bool) -> None:
    import asyncio

    call = own_call()

    async def later() -> None:
        await asyncio.sleep(0.06)
        header, body = ask_for_row(key, call.inv, call.token)
        say(header, body)

    task = asyncio.create_task(later())
    if wait:
        await task
