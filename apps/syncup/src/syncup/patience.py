"""Asking services that may be slow, busy or unwilling: how long, how often, and what is said in the end."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar

from forgesim.sdk import ProxyRequestError

__all__ = ["OK", "Patience", "RefusedError"]

T = TypeVar("T")

OK = 200
GARBLED = OK
SILENCE = 504
NOT_ALLOWED = 403
STATUS_OF: Mapping[type[Exception], int] = {TimeoutError: SILENCE, ProxyRequestError: NOT_ALLOWED}
"""What went wrong while an answer was awaited and read; all else is an answer that makes no sense."""

UNUSABLE: tuple[type[Exception], ...] = (*STATUS_OF, ValueError, KeyError, TypeError, AttributeError, IndexError)
PASSING = frozenset({GARBLED, 429, 500, 502, 503})
"""Answers that may be another one a little later."""

TRIES = 3
PAUSES_S = 5.0
"""Seconds that one invocation spends on pauses, however many calls ask for one."""

ANSWER_S = 7.0
"""Seconds after which an answer is not awaited any longer."""

ALL_S = 18.0
"""Seconds after its first question from which on an invocation is in a hurry: an answer gets one second."""

HURRY_S = 1.0

WORDS: Mapping[int, str] = {
    200: "answered with something that SyncUp cannot use; try again later",
    400: "cannot answer this; only scrum boards have sprints",
    401: "does not accept SyncUp's permissions; ask an admin to approve the app's scopes",
    403: "does not allow you this",
    404: "has no such thing, or you may not see it",
    429: "is busy; try again in a minute",
    500: "had an error of its own; try again later",
    504: "did not answer in time; try again later",
}


class RefusedError(Exception):
    """A service gave no usable answer: HTTP status (504 for silence, 200 for what makes no sense) and the seconds that
    it asks to wait."""

    def __init__(self, service: str, status: int, wait: str = "") -> None:
        super().__init__(service, status, wait)
        self.service, self.status, self.wait = service, status, wait

    @property
    def sentence(self) -> str:
        """What a person is told."""
        return f"{self.service} {WORDS.get(self.status, f'answered {self.status}')}."


class Patience:
    """One per invocation: what its calls wait for, together, stays far below the 25 seconds that it may take."""

    def __init__(self) -> None:
        self._left_s = PAUSES_S
        self._asked_s: list[float] = []

    async def ask(self, service: str, send: Callable[[], Awaitable[T]], answer_s: float | None = None) -> T:
        """What ``send`` gives, tried up to three times while the refusal may pass; ``answer_s``: seconds that an answer
        may take. ``send`` reads it too: what cannot be read is the service's mistake. Raises RefusedError."""
        for _ in range(TRIES - 1):
            try:
                return await self._in_time(service, send, answer_s or ANSWER_S)
            except RefusedError as refused:
                if refused.status not in PASSING:
                    raise
                await self._pause(refused.wait)
        return await self._in_time(service, send, answer_s or ANSWER_S)

    async def read(self, service: str, work: Callable[[], T]) -> T:
        """What reading answers gives that were awaited before. Raises RefusedError where they make no sense."""

        async def now() -> T:
            return work()

        return await self._in_time(service, now, ANSWER_S)

    async def _pause(self, asked: str) -> None:
        """As long as the service asks in whole seconds, else one second, while there is time left."""
        pause_s = min(self._left_s, float(asked) if asked.isdecimal() else 1.0)
        self._left_s -= pause_s
        await asyncio.sleep(pause_s)

    async def _in_time(self, service: str, send: Callable[[], Awaitable[T]], answer_s: float) -> T:
        now_s = asyncio.get_running_loop().time()
        self._asked_s.append(now_s)
        left_s = self._asked_s[0] + ALL_S - now_s
        try:
            return await asyncio.wait_for(send(), max(HURRY_S, min(answer_s, left_s)))
        except UNUSABLE as error:
            raise RefusedError(service, STATUS_OF.get(type(error), GARBLED)) from None
