"""The process that an app runs in: import it, say what it has, run one invocation at a time."""

from __future__ import annotations

import gc
import inspect
import os
import threading
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, NoReturn

from forgesim.guest import audit as auditing, loader, logs
from forgesim.guest.failure import describe, encode_failure
from forgesim.guest.image import GuestImage
from forgesim.guest.instant import Instant
from forgesim.guest.loop import GuestLoop
from forgesim.guest.seeds import Seeds
from forgesim.guest.threads import Threads
from forgesim.guest.transport import Call, SeamTransport
from forgesim.sdk.fetch import set_transport
from forgesim.sdk.resolver import Context, Resolver
from forgesim.sdk.wire import decode, encode
from forgesim.seam import Fatal, Invoke, pack

__all__ = ["Guest", "prepare", "serve"]

Handler = Callable[[Any, Any], Any]


def prepare(seam_fd: int, image: GuestImage) -> Guest:
    """All of a worker that runs no app code, made once in the zygote, which forks it: clocks, seeds, streams, loop."""
    return Guest(seam_fd, image)


def serve(seam_fd: int, guest: Guest, *, audit: bool, nurse: Callable[[], None]) -> NoReturn:
    """Serve invocations over the seam until the host hangs up. Call in a forked, confined worker.

    ``audit``: explain what the app tries against its walls, just before they refuse it. ``nurse``: what to do when
    the host asks for a fork; it returns in the new process.
    """
    code = 1
    try:
        guest.serve(audit=audit, nurse=nurse)
        code = 0
    except BaseException as error:  # noqa: BLE001 -- said, then the process ends
        failure = describe(error)
        os.write(seam_fd, pack(Fatal(f"{failure['type']}: {failure['message']} ({failure['at']})"[:2000])))
    finally:
        os._exit(code)


class Guest:
    """One worker: the loop, the seam and the app's functions."""

    def __init__(self, seam_fd: int, image: GuestImage) -> None:
        self._image = image
        self._instant = Instant()
        self._instant.patch(self._sleep)
        self._real_sleep = time.sleep
        self._seeds = Seeds()
        self._seeds.install()
        threads = Threads()
        threads.install()
        self._transport = SeamTransport(seam_fd, self._instant, image.hits)
        self._loop = GuestLoop(self._transport, self._instant, threads)
        self._transport.loop = self._loop
        self._streams = logs.install(self._transport.log)
        set_transport(self._transport)
        loader.install(image)
        self._watch_forks()
        self._handlers: dict[str, Handler] = {}
        self._errors: dict[str, bytes] = {}

    def serve(self, *, audit: bool, nurse: Callable[[], None]) -> None:
        """Import the app, say Ready, run what the host asks for. Returns never: the process ends with the seam."""
        os.environ.update(self._variables())
        self._seeds.reset(0)
        self._transport.nurse = nurse
        if audit:
            violate = self._transport.violate
            auditing.install(self._image.root, violate, partial(violate, refused=False))
        self._import()
        self._run(*self._first())
        while True:
            self._run(*self._transport.next_invoke())

    def _watch_forks(self) -> None:
        """Who asks to be told of forks, is not forked: on Forge no process is."""
        register = os.register_at_fork

        def noted(**hooks: Callable[[], Any]) -> None:
            register(**hooks)
            self._transport.forks = False

        os.register_at_fork = noted  # type: ignore[assignment]

    def _variables(self) -> Mapping[str, str]:
        """What the app finds in its environment."""
        return self._image.variables

    def _import(self) -> None:
        gc.disable()  # nothing of what is loaded here is garbage
        functions: dict[str, list[str] | None] = {}
        errors: dict[str, dict[str, str | None]] = {}
        for key, name in self._image.functions.items():
            try:
                handler = loader.find_handler(self._image, name)
            except BaseException as error:  # noqa: BLE001 -- app code at import may raise anything, SystemExit too
                failure = describe(error)
                if isinstance(error, loader.HandlerNotFoundError):
                    failure["type"] = "HandlerNotFound"
                errors[key] = {part: failure[part] for part in ("type", "message", "at")}
                self._errors[key] = encode(failure)
            else:
                functions[key] = _resolver_keys(handler)
                self._handlers[key] = _two_arguments(handler)
        gc.enable()
        gc.collect(0)
        self._transport.ready(functions, errors)

    def _first(self) -> tuple[Invoke, bytes]:
        """The first invocation. From here on garbage goes at the same moments, whoever forked this process."""
        first = self._transport.next_invoke()
        gc.collect(0)
        return first

    def _run(self, invoke: Invoke, body: bytes) -> None:
        self._instant.move_to(invoke.now)
        self._seeds.reset(invoke.seed)
        event, wire, *about = decode(body)
        context = Context(wire or {})
        call = Call(invoke, context, about[0] if about else {})
        own = self._transport.begin(call)
        handler = self._handlers.get(invoke.function)
        if handler is None:
            self._transport.end(call, "error", self._errors.get(invoke.function) or _unknown(invoke.function))
            return
        self._loop.create_task(self._answer(call, handler, event, context), context=own)
        while not call.done and self._transport.next is None:
            try:
                self._loop.run_forever()
            except BaseException as error:  # noqa: BLE001 -- SystemExit in a task of the app's comes out here
                if not call.done:
                    self._end(call, "error", encode_failure(error))

    async def _answer(self, call: Call, handler: Handler, event: Any, context: Context) -> None:
        kind = "result"
        try:
            result = handler(event, context)
            if inspect.isawaitable(result):
                result = await result
            body = encode(result)
        except BaseException as error:  # noqa: BLE001 -- whatever the app raises is its answer
            kind, body = "error", encode_failure(error)
        await self._loop.settle()
        if self._transport.current is call:  # else the host has given this invocation up
            self._end(call, kind, body)

    def _end(self, call: Call, kind: str, body: bytes) -> None:
        call.done = True
        for stream in self._streams:
            stream.finish()
        if (left := self._loop.left_over() or self._transport.left_over()) is not None:
            self._transport.violate("unfinished", f"{left} outlives the result of the function", None, refused=False)
        try:
            self._transport.end(call, kind, body)
        except ValueError as error:
            self._transport.end(call, "error", encode_failure(error))
        self._loop.stop()

    def _sleep(self, seconds: float) -> None:
        """``time.sleep``: in the main thread it passes virtual time, in others real time."""
        if seconds < 0:
            raise ValueError("sleep length must be non-negative")
        if threading.current_thread() is not threading.main_thread():
            self._real_sleep(seconds)
            return
        until = self._instant.now_ms + round(seconds * 1000)
        while self._instant.now_ms < until and self._transport.next is None:
            self._transport.rest(until)


def _resolver_keys(handler: Any) -> list[str] | None:
    owner = getattr(handler, "__self__", None)
    return list(owner.keys) if isinstance(owner, Resolver) and handler.__name__ == "handler" else None


def _two_arguments(handler: Any) -> Handler:
    """The handler as one of two arguments: like JavaScript, Forge does not mind fewer."""
    try:
        parameters = inspect.signature(handler).parameters.values()
    except (TypeError, ValueError):
        return handler  # type: ignore[no-any-return]
    if any(p.kind is p.VAR_POSITIONAL for p in parameters):
        return handler  # type: ignore[no-any-return]
    taken = sum(p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD) for p in parameters)
    if taken == 1:
        return lambda event, _context: handler(event)
    if taken == 0:
        return lambda _event, _context: handler()
    return handler  # type: ignore[no-any-return]


def _unknown(function: str) -> bytes:
    return encode({"type": "HandlerNotFound", "message": f"no function {function}", "at": None, "stack": []})
