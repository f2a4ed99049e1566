"""An asyncio loop on virtual time: when nothing can run, it tells the host and waits for what the host says."""

from __future__ import annotations

import asyncio
import contextvars
import math
import selectors
import sys
from collections.abc import Coroutine, Generator
from typing import Any, Protocol

from forgesim.guest.failure import APP, app_line
from forgesim.guest.instant import Instant
from forgesim.guest.threads import Threads

__all__ = ["ORIGIN", "GuestLoop", "Host"]

ORIGIN: contextvars.ContextVar[str | None] = contextvars.ContextVar("origin", default=None)
"""The app's line that started a task whose own frames are none of the app's, such as ``gather(kvs.get(…))``."""


_TURNS = 1000


class Host(Protocol):
    """The other end of the seam, as the loop sees it."""

    def rest(self, until_ms: int | None) -> None:
        """Send what is queued and say idle; return when the host's next frames have been handled."""


class SeamSelector(selectors.PollSelector):
    """Descriptors of the app's own (pipes, socket pairs) are polled; waiting is the seam's matter."""

    def __init__(self) -> None:
        super().__init__()
        self.loop: GuestLoop
        self._watched = 0

    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        self._watched += 1
        return super().register(fileobj, events, data)

    def unregister(self, fileobj: Any) -> selectors.SelectorKey:
        self._watched -= 1
        return super().unregister(fileobj)

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if self._watched and (ready := super().select(0)):
            return ready
        if timeout is None or timeout > 0:
            self.loop.rest()
        return []


class GuestLoop(asyncio.SelectorEventLoop):
    """The loop that runs handlers. Its time is the virtual clock's, in seconds since the epoch."""

    def __init__(self, host: Host, instant: Instant, threads: Threads) -> None:
        self._host = host
        self._instant = instant
        self._threads = threads
        selector = SeamSelector()
        selector.loop = self
        super().__init__(selector)
        self._clock_resolution = 1e-6

    def time(self) -> float:
        return self._instant.seconds

    def rest(self) -> None:
        """Nothing can run here: wait for threads if there are any, else for the host."""
        ready: Any = self._ready  # type: ignore[attr-defined]
        if not self._threads.wait_until_still(ready.__len__) or ready:
            return
        scheduled: Any = self._scheduled  # type: ignore[attr-defined]
        until = math.ceil(scheduled[0].when() * 1000 - 5e-4) if scheduled else None
        self._host.rest(until)

    async def settle(self) -> None:
        """Let everything that can run at once take its turn, up to a limit: what a handler has started but not
        awaited does what it can before the result is out."""
        ready: Any = self._ready  # type: ignore[attr-defined]
        for _ in range(_TURNS):
            if not ready:
                return
            await asyncio.sleep(0)

    def left_over(self) -> str | None:
        """What may still run once the present task has ended, in words. Nobody would see what it does."""
        own = asyncio.current_task(self) if self.is_running() else None
        for task in asyncio.all_tasks(self) - {own}:
            code: Any = getattr(task.get_coro(), "__qualname__", "")
            return f"the task {code}"
        scheduled: Any = self._scheduled  # type: ignore[attr-defined]
        if any(not timer.cancelled() for timer in scheduled):
            return "a timer"
        if self._ready:  # type: ignore[attr-defined]
            return "a callback"
        return "a thread" if self._threads.live() else None

    def create_task(
        self,
        coro: Generator[Any, None, Any] | Coroutine[Any, Any, Any],
        **options: Any,
    ) -> asyncio.Task[Any]:
        code = getattr(coro, "cr_code", None)
        if code is not None and not code.co_filename.startswith(APP):
            line = app_line(sys._getframe(1))  # noqa: SLF001 -- the only way to the caller's line
            if line is not None:
                context = options.get("context") or contextvars.copy_context()
                context.run(ORIGIN.set, line)
                options["context"] = context
        return super().create_task(coro, **options)

    # Threads wake the loop through Threads, so that it needs no descriptors of its own.

    def _make_self_pipe(self) -> None:
        self._ssock = self._csock = None

    def _close_self_pipe(self) -> None:
        pass

    def _write_to_self(self) -> None:
        self._threads.wake()
