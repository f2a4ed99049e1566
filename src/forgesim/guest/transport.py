"""The guest's end of the seam: requests out, replies in, in as few system calls as there are waits."""

from __future__ import annotations

import asyncio
import contextvars
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from forgesim.guest.coverage import Hits
from forgesim.guest.failure import app_line
from forgesim.guest.instant import Instant
from forgesim.guest.loop import ORIGIN
from forgesim.sdk.fetch import Init
from forgesim.sdk.response import Response
from forgesim.seam import (
    MAX_BODY,
    MAX_HEADER,
    Fetch,
    Fork,
    FrameReader,
    Idle,
    Invoke,
    Ready,
    Reply,
    Violation,
    decode_from_host,
    pack,
)

__all__ = ["Call", "SeamTransport"]

_CHUNK = 64 * 1024
_JUST_IDLE = pack(Idle())
LOG_BYTES = 1 << 20  # of one invocation; the platform's own limit is lower
_CUT = "forgesim: the rest of this invocation's log is dropped, it is over 1 MB"


class Call:
    """One invocation as the guest knows it: whether its result is out, and how much it may still log."""

    __slots__ = ("about", "context", "done", "invoke", "log_left")

    def __init__(self, invoke: Invoke, context: Mapping[str, Any], about: Mapping[str, Any]) -> None:
        self.invoke = invoke
        self.context = context
        self.about = about
        self.log_left = LOG_BYTES
        self.done = False


_BEFORE = Call(Invoke("", "", "", 0, 0, 0), {}, {})  # app code at import: no invocation is there to answer for it


class SeamTransport:
    """Queues frames until the loop rests, numbers requests, and resolves their futures when replies come.

    A task keeps the invocation that started it, so what it asks for after its own invocation's end carries that
    one's token.
    """

    def __init__(self, seam_fd: int, instant: Instant, hits: Hits) -> None:
        self._fd = seam_fd
        self._instant = instant
        self._hits = hits
        self._reader = FrameReader()
        self._queued: deque[bytes] = deque()
        self._early: deque[tuple[str, str, str | None]] = deque()
        self._waiting: dict[int, asyncio.Future[Response]] = {}
        self._last_id = 0
        self._writing = threading.Lock()
        self._own: contextvars.ContextVar[Call] = contextvars.ContextVar("call")
        self.loop: asyncio.AbstractEventLoop
        self.current = _BEFORE
        self.next: tuple[Invoke, bytes] | None = None
        self.nurse: Callable[[], None]
        self.forks = True

    # --- what the SDK calls --------------------------------------------------------------------------------

    def fetch(self, descriptor: dict[str, Any], path: str, init: Init) -> asyncio.Future[Response]:
        """Queue a request. Raises RuntimeError outside an invocation's loop, ValueError where it is too big."""
        call = self._call()
        if call is _BEFORE:
            raise RuntimeError("the platform answers within an invocation only, not while the app is imported")
        if asyncio.get_running_loop() is not self.loop:
            raise RuntimeError("call the Forge API on the loop that runs the handler, not on one of your own")
        number = self._last_id + 1
        line = app_line(sys._getframe(2)) or ORIGIN.get()  # noqa: SLF001 -- evidence names the app's line
        self._queue(
            Fetch(
                number,
                call.invoke.inv,
                call.invoke.token,
                descriptor,
                path,
                init.method,
                init.headers,
                line,
                self._hits.fresh(),
            ),
            init.body,
        )
        self._last_id = number
        future = self.loop.create_future()
        self._waiting[number] = future
        return future

    def log(self, level: str, text: str) -> None:
        """Queue one log line, at most 1 MB an invocation; what the app logs at import goes to its first one."""
        line = app_line(sys._getframe(2)) or ORIGIN.get()  # noqa: SLF001
        call = self._call()
        if call is _BEFORE:
            if len(self._early) < 1000:
                self._early.append((level, text, line))
            return
        self._log(call, level, text, line)

    def app_context(self) -> Mapping[str, Any]:
        call = self._call()
        left = call.invoke.deadline - self._instant.now_ms
        known = {**call.about, "invocationId": call.invoke.inv, "invocationRemainingTimeInMillis": left}
        shared = ("installContext", "installation", "license", "workspaceId")
        known |= {name: call.context[name] for name in shared if call.context.get(name) is not None}
        return known

    def left_over(self) -> str | None:
        """A request whose answer nobody has waited for, in words."""
        waiting = any(not future.done() for future in self._waiting.values())  # a given-up one is done
        return "a request without its answer" if waiting else None

    # --- what the guest calls ------------------------------------------------------------------------------

    def begin(self, call: Call) -> contextvars.Context:
        """Make ``call`` the running invocation; what is run in the context that this returns belongs to it."""
        self.current = call
        context = contextvars.copy_context()
        context.run(self._own.set, call)
        while self._early:
            self._log(call, *self._early.popleft())
        return context

    def end(self, call: Call, kind: str, body: bytes) -> None:
        """Queue the result or error frame of ``call``, the last of its invocation. Raises ValueError if too big."""
        self._queue(
            Fetch(0, call.invoke.inv, call.invoke.token, {"type": kind}, "", "POST", cov=self._hits.fresh()),
            body,
        )

    def ready(self, functions: dict[str, list[str] | None], errors: dict[str, dict[str, str | None]]) -> None:
        self._queue(Ready(functions, errors, self._hits.fresh()), b"")

    def violate(self, event: str, what: str, line: str | None, *, refused: bool = True) -> None:
        """Send a violation at once, with all that is queued before it: the process may die of what comes next."""
        self._queue(Violation(event, what, line, refused), b"")
        self.flush()

    def flush(self, last: bytes = b"") -> None:
        """Write everything queued and ``last`` in one system call, or in more where the host reads slowly."""
        with self._writing:
            parts = []
            while self._queued:
                parts.append(self._queued.popleft())
            parts.append(last)
            data = memoryview(b"".join(parts))
            while data:
                data = data[os.write(self._fd, data) :]

    def rest(self, until_ms: int | None) -> None:
        """Say idle and take the host's next frames: replies, a later time, or the next invocation."""
        self.flush(_JUST_IDLE if until_ms is None else pack(Idle(until_ms)))
        self._take()

    def next_invoke(self) -> tuple[Invoke, bytes]:
        """The next invocation; what is queued is sent before the wait."""
        if self.next is None:
            self.flush()
            while self.next is None:
                self._take()
        invoke, self.next = self.next, None
        return invoke

    # --- inside --------------------------------------------------------------------------------------------

    def _call(self) -> Call:
        return self._own.get(self.current)

    def _log(self, call: Call, level: str, text: str, line: str | None) -> None:
        if call.log_left < 0:
            return
        body = text.encode("utf-8", "backslashreplace")
        call.log_left -= len(body) or 1
        if call.log_left < 0:
            level, body = "warn", _CUT.encode()
        token = call.invoke.token
        self._queue(
            Fetch(0, call.invoke.inv, token, {"type": "log"}, level, "POST", [], line, self._hits.fresh()),
            body,
        )

    def _queue(self, header: msgspec.Struct, body: bytes) -> None:
        if len(body) > MAX_BODY:
            raise ValueError(f"a body of {len(body)} bytes is over the limit of {MAX_BODY}")
        frame = pack(header, body)  # type: ignore[arg-type]
        if len(frame) - len(body) - 8 > MAX_HEADER:
            raise ValueError(f"path and headers of a request are over the limit of {MAX_HEADER} bytes")
        self._queued.append(frame)

    def _take(self) -> None:
        """Block for the host's next frames and act on them. The process ends when the host is gone."""
        while True:
            data = os.read(self._fd, _CHUNK)
            if not data:
                os._exit(0)
            if frames := self._reader.feed(data):
                break
        for header, body in frames:
            frame = decode_from_host(header)
            if isinstance(frame, Invoke):
                self.next = frame, body
                if self.loop.is_running():
                    self.loop.stop()
                continue
            if isinstance(frame, Fork):
                if not self.forks or any(signal.getitimer(which)[0] for which in range(3)):
                    os._exit(0)
                self.nurse()
                continue
            self._instant.move_to(frame.now)
            if isinstance(frame, Reply):
                future = self._waiting.pop(frame.id, None)
                if future is not None and not future.done():
                    future.set_result(Response(frame.status, frame.headers, body))
