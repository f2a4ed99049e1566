"""The one selector loop: seams, kernel witnesses, zygotes and real-time deadlines, served in turn."""

from __future__ import annotations

import select
from collections.abc import Callable
from time import CLOCK_MONOTONIC, clock_gettime

from forgesim.sandbox.events import Event

__all__ = ["READ", "WRITE", "Loop"]

READ, WRITE = select.EPOLLIN, select.EPOLLOUT

Source = Callable[[int], None]


class Loop:
    """Descriptors with what to do when they are ready, instants with what to do when they pass, and what came
    of it.

    Time is CLOCK_MONOTONIC by ``clock_gettime``: tools that freeze a test's clock patch the rest of ``time``.
    """

    __slots__ = ("_deadlines", "_epoll", "_sources", "_stale", "events")

    def __init__(self) -> None:
        self.events: list[Event] = []
        self._epoll = select.epoll()
        self._sources: dict[int, Source] = {}
        self._deadlines: dict[Callable[[], None], float] = {}
        self._stale = False

    def add(self, fd: int, source: Source) -> None:
        """Call ``source`` with the epoll mask whenever ``fd`` can be read."""
        self._sources[fd] = source
        self._epoll.register(fd, READ)

    def change(self, fd: int, mask: int) -> None:
        self._epoll.modify(fd, mask)

    def remove(self, fd: int) -> None:
        """Forget ``fd``, before it is closed. What this round still held for it is dropped: its number may
        come back.
        """
        if self._sources.pop(fd, None) is not None:
            self._epoll.unregister(fd)
            self._stale = True

    def tell(self, event: Event) -> None:
        self.events.append(event)

    def set_deadline(self, action: Callable[[], None], seconds: float | None) -> None:
        """Call ``action`` once, ``seconds`` from now; null takes it back."""
        if seconds is None:
            self._deadlines.pop(action, None)
        else:
            self._deadlines[action] = clock_gettime(CLOCK_MONOTONIC) + seconds

    def wait(self, timeout_s: float | None) -> list[Event]:
        """At least one event, or none where ``timeout_s`` passes first."""
        if not self.events:
            self._run(timeout_s)
        events, self.events = self.events, []
        return events

    def _run(self, timeout_s: float | None) -> None:
        end = None if timeout_s is None else clock_gettime(CLOCK_MONOTONIC) + timeout_s
        while not self.events:
            pause = -1.0 if end is None and not self._deadlines else self._pause(end)
            self._stale = False
            for fd, mask in self._epoll.poll(pause):
                self._sources[fd](mask)
                if self._stale:
                    break
            if self._deadlines:
                self._fire()
            if end is not None and clock_gettime(CLOCK_MONOTONIC) >= end:
                return

    def _pause(self, end: float | None) -> float:
        next_at = min(self._deadlines.values(), default=end)
        if end is not None and next_at is not None:
            next_at = min(next_at, end)
        return -1.0 if next_at is None else max(0.0, next_at - clock_gettime(CLOCK_MONOTONIC))

    def _fire(self) -> None:
        now = clock_gettime(CLOCK_MONOTONIC)
        for action in [action for action, at in self._deadlines.items() if at <= now]:
            del self._deadlines[action]
            action()

    def close(self) -> None:
        self._sources.clear()
        self._deadlines.clear()
        self._epoll.close()
