"""Waiting for services, with a bound: what is tried again, for how long, and what is said in the end."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import TypeVar

__all__ = ["ANSWER_S", "NO_ANSWER", "PASSING", "Patience", "RefusedError", "by_now"]

T = TypeVar("T")

PASSING = frozenset({429, 500, 502, 503})
"""Answers that may be another one a little later."""

NO_ANSWER = 504
TRIES = 3
PAUSES_S = 6.0
"""Seconds that one invocation spends on pauses, however many calls ask for one."""

ANSWER_S = 8.0
"""Seconds after which an answer is not awaited any longer."""

WORDS: Mapping[int, str] = {
    401: "does not accept Pulse's permissions; ask an admin to approve the app's scopes",
    403: "does not allow this",
    404: "knows no such thing, or you may not see it",
    429: "is busy; try again in a minute",
    500: "had an error of its own; try again later",
    504: "did not answer in time; try again later",
}


class RefusedError(Exception):
    """A service gave no usable answer: HTTP status (504 for silence) and the seconds it asks to wait."""

    def __init__(self, service: str, status: int, wait: str = "") -> None:
        super().__init__(service, status, wait)
        self.service, self.status, self.wait = service, status, wait

    @property
    def sentence(self) -> str:
        """What a person is told."""
        return f"{self.service} {WORDS.get(self.status, f'answered {self.status}')}."


class Patience:
    """One per invocation, so that all its waiting together stays far below the 25 seconds it may take."""

    def __init__(self) -> None:
        self._left_s = PAUSES_S

    async def ask(
        self,
        service: str,
        send: Callable[[], Awaitable[T]],
        answer_s: float = ANSWER_S,
        passing: Collection[int] = PASSING,
    ) -> T:
        """What ``send`` gives, tried up to three times while the refusal may pass. Raises RefusedError."""
        for _ in range(TRIES - 1):
            try:
                return await _in_time(service, send, answer_s)
            except RefusedError as refused:
                if refused.status not in passing:
                    raise
                await self._pause(refused.wait)
        return await _in_time(service, send, answer_s)

    async def _pause(self, asked: str) -> None:
        """Wait as long as the service asks in whole seconds, else one second, while there is time left."""
        pause_s = min(self._left_s, float(asked) if asked.isdecimal() else 1.0)
        self._left_s -= pause_s
        await asyncio.sleep(pause_s)


async def by_now(work: asyncio.Task[T]) -> T | None:
    """What a task has come to so far; None where it failed, or is not done: then it is given up. Never waits."""
    work.cancel()
    found = await asyncio.gather(work, return_exceptions=True)
    return next((each for each in found if not isinstance(each, BaseException)), None)


async def _in_time(service: str, send: Callable[[], Awaitable[T]], answer_s: float) -> T:
    try:
        return await asyncio.wait_for(send(), answer_s)
    except TimeoutError:
        raise RefusedError(service, NO_ANSWER) from None
