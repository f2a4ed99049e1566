"""Waiting for services, with a bound, and the words for what they refuse."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar

from forgesim.sdk import ProxyRequestError

__all__ = ["OK", "RefusedError", "ask"]

T = TypeVar("T")

OK = 200
GARBLED = OK
NO_ANSWER = 504
NOT_ALLOWED = 403
STATUS_OF: Mapping[type[Exception], int] = {TimeoutError: NO_ANSWER, ProxyRequestError: NOT_ALLOWED}
"""What went wrong while an answer was awaited and read; all else is an answer that makes no sense. The platform's proxy
refuses an address that the site's admins have not allowed."""

TRIES = 2
PASSING = frozenset({GARBLED, 429, 500, 502, 503})
"""Answers that may be another one a little later."""

PAUSE_S = 1.0
WORDS: Mapping[int, str] = {
    200: "answered with something that XPress cannot use; try again later",
    400: "did not understand XPress; update the app, or tell its vendor",
    401: "does not accept XPress's permissions; ask an admin to approve the app's scopes",
    403: "does not allow this",
    404: "knows no such page, or you may not see it",
    413: "takes no more than 5 MB; export a smaller part, or pages with fewer pictures",
    429: "is busy; try again in a minute",
    500: "had an error of its own; try again later",
    502: "cannot do this now; try again later, or with a smaller part",
    503: "cannot do this now; try again later, or with a smaller part",
    504: "did not answer in time; try again later",
}


class RefusedError(Exception):
    """A service gave no usable answer: HTTP status, 504 for silence, 200 for what makes no sense."""

    def __init__(self, service: str, status: int) -> None:
        super().__init__(service, status)
        self.service, self.status = service, status

    @property
    def sentence(self) -> str:
        """What a person is told."""
        return f"{self.service} {WORDS.get(self.status, f'answered {self.status}')}."


async def ask(service: str, send: Callable[[], Awaitable[T]], answer_s: float) -> T:
    """What ``send`` gives, tried twice where the refusal may pass. Raises RefusedError.

    ``send`` reads the answer too: a ValueError, KeyError or TypeError of its reading is the service's mistake.
    """
    for _ in range(TRIES - 1):
        try:
            return await _in_time(service, send, answer_s)
        except RefusedError as refused:
            if refused.status not in PASSING:
                raise
            await asyncio.sleep(PAUSE_S)
    return await _in_time(service, send, answer_s)


async def _in_time(service: str, send: Callable[[], Awaitable[T]], answer_s: float) -> T:
    try:
        return await asyncio.wait_for(send(), answer_s)
    except (TimeoutError, ProxyRequestError, ValueError, KeyError, TypeError) as error:
        raise RefusedError(service, STATUS_OF.get(type(error), GARBLED)) from None
