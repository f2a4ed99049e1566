"""A loop whose clock runs as fast as nobody waits, for services that a test plays answer by answer."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Awaitable
from typing import Any

__all__ = ["finished"]


class Clock(selectors.DefaultSelector):
    """Waits for nothing: what would be waited for is added to the time."""

    passed = 0.0

    def select(self, timeout: float | None = None) -> Any:
        found = super().select(0)
        self.passed += 0.0 if found else timeout or 0.0
        return found


class Loop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self.clock = Clock()
        super().__init__(self.clock)

    def time(self) -> float:
        return self.clock.passed


def finished(work: Awaitable[Any]) -> Any:
    """What ``work`` gives."""

    async def wait() -> Any:
        return await work

    with asyncio.Runner(loop_factory=Loop) as runner:
        return runner.run(wait())
