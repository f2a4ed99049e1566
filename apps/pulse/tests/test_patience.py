"""Work that nobody waits for."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable

import pytest

from pulse.patience import by_now


async def _done() -> int:
    return 7


async def _failed() -> int:
    raise KeyError("count")


async def _slow() -> int:
    await asyncio.sleep(3600)
    return 7


async def _seen(work: Awaitable[int]) -> int | None:
    task = asyncio.ensure_future(work)
    await asyncio.sleep(0)
    return await by_now(task)


@pytest.mark.parametrize(("work", "value"), [(_done, 7), (_failed, None), (_slow, None)])
def test_what_is_there_is_taken_and_nothing_is_waited_for(work: object, value: int | None) -> None:
    assert callable(work)
    assert asyncio.run(asyncio.wait_for(_seen(work()), 60)) == value
