"""Runs a vendor's service: its handler in a confined process of its own, away from the app, the site and each other.

The process has no network and nothing that it could write to. ``warm`` keeps it from request to request, as Lambda
does, so that what it remembers can show; ``fresh`` gives each request a new one, which remembers nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import msgspec

from forgesim.egress.subprocessors.aws import Ended
from forgesim.egress.subprocessors.service import ServiceEvent
from forgesim.guest.residue import RESIDUE
from forgesim.ids import derive
from forgesim.manifest.model import App
from forgesim.runtime.intake import Intake
from forgesim.sandbox.host import (
    DiedEvent,
    Event,
    FrameEvent,
    OverdueEvent,
    ProtocolEvent,
    Sandbox,
    WitnessEvent,
    Worker,
)
from forgesim.sandbox.image import Image, build_service_image
from forgesim.sandbox.tiers import GuestProgram, Tier
from forgesim.seam import Fatal, Fetch, Idle, Invoke, Ready, Reply, Tick, Violation, pack

__all__ = ["MEMORY_BYTES", "Mode", "Residue", "ServiceRunner"]

Mode = Literal["warm", "fresh"]

MEMORY_BYTES = 2 * 1024 * 1024 * 1024
"""Address space of a service: native renderers reserve more than the memory that they touch."""
REAL_SECONDS = 120.0
"""Real time after which a silent service is killed."""
LOOK_MS = 1000
"""Virtual time that looking at what is left may take."""
PROGRAM = GuestProgram(preload="forgesim.guest.native", entry="forgesim.guest.service", memory_bytes=MEMORY_BYTES)
ACCOUNT = "000000000000"

_encode = msgspec.json.Encoder().encode


class Residue(msgspec.Struct, frozen=True):
    """What a kept process has of earlier requests. ``left``: module variables in which texts of them still stand, by
    name; ``state``: variable → digest of what it holds; ``waiting``: pipes and files without a name that hold bytes."""

    left: list[str]
    state: dict[str, str]
    waiting: list[str]


class ServiceRunner:
    """The services of one app. Its sandbox starts with the first request; ``mode`` may be changed between requests.
    ``variables``: what handlers find in their environment."""

    def __init__(
        self, app: App, *, tier: Tier, mode: Mode = "warm", variables: Mapping[str, str] | None = None
    ) -> None:
        self.mode: Mode = mode
        self._app = app
        self._variables = variables or {}
        self._tier = tier
        self._sandbox: Sandbox | None = None
        self._images: dict[str, Image] = {}
        self._kept: dict[str, Worker] = {}

    def run(
        self,
        event: Mapping[str, Any],
        *,
        handler: str,
        region: str,
        request_id: str,
        now_ms: int,
        timeout_ms: int,
    ) -> Ended:
        """Run the handler on one event. The same request at the same time has the same randomness.

        Raises InputError where the app folder has no such handler's module.
        """
        arn = f"arn:aws:lambda:{region}:{ACCOUNT}:function:{handler.replace('.', '-')}"
        image = self._image(handler, arn)
        worker = self._kept.pop(arn, None)
        ready = worker is not None and worker.alive and self.mode == "warm"
        if worker is not None and not ready:
            worker.close()
        if worker is None or not ready:
            worker = self._started().spawn(image)
        invoke = Invoke(
            inv=request_id,
            token="",
            function=arn,
            now=now_ms,
            deadline=now_ms + timeout_ms,
            seed=derive("service", request_id),
        )
        request = _Request(worker, pack(invoke, _encode([event, {}])), invoke, ready=ready)
        ended = request.serve(self._started())
        if self.mode == "warm" and ended.ending in ("ok", "error") and worker.alive:
            self._kept[arn] = worker
        else:
            worker.close()
        return ended

    def left(self, marks: Sequence[str], *, now_ms: int, state: bool = False) -> Residue | None:
        """What is left in the kept process: places where the marks still stand; its ``state`` where that is wanted.
        Null where no process is kept, or it does not say."""
        worker = next((kept for kept in self._kept.values() if kept.alive), None)
        if worker is None:
            return None
        asked = {"marks": [mark.encode().hex() for mark in marks], "state": state}
        invoke = Invoke(inv=RESIDUE, token="", function=RESIDUE, now=now_ms, deadline=now_ms + LOOK_MS, seed=0)
        ended = _Request(worker, pack(invoke, _encode([asked, {}])), invoke, ready=True).serve(self._started())
        try:
            return msgspec.json.decode(ended.result, type=Residue) if ended.ending == "ok" else None
        except (msgspec.MsgspecError, ValueError):
            return None  # a service that answers in the guest's place

    def forget(self) -> None:
        """End the kept processes: the next request starts afresh."""
        for worker in self._kept.values():
            worker.close()
        self._kept.clear()

    def close(self) -> None:
        if self._sandbox is not None:
            self._sandbox.close()
            self._sandbox = None
        self._kept.clear()

    def _image(self, handler: str, arn: str) -> Image:
        if arn not in self._images:
            self._images[arn] = build_service_image(self._app, handler=handler, function=arn, variables=self._variables)
        return self._images[arn]

    def _started(self) -> Sandbox:
        if self._sandbox is None:
            self._sandbox = Sandbox(allow_unconfined=self._tier == "none", tier=self._tier, program=PROGRAM)
        return self._sandbox


class _Request:
    """One request in one worker: frames in and out on a clock of its own, which begins at the request's time."""

    def __init__(self, worker: Worker, frame: bytes, invoke: Invoke, *, ready: bool) -> None:
        self._worker = worker
        self._frame = frame
        self._invoke = invoke
        self._now_ms = invoke.now
        self._idle = False
        self._until: int | None = None
        self._events: list[ServiceEvent] = []
        self._ended: Ended | None = None
        if ready:
            worker.send(frame)
        self._ready = ready
        self._intake = Intake()

    def serve(self, sandbox: Sandbox) -> Ended:
        self._worker.set_deadline(REAL_SECONDS)
        while self._ended is None:
            if self._idle:
                self._wake()
                continue
            for event in sandbox.wait(None):
                if event.worker is self._worker and self._ended is None:
                    self._take(event)
        self._worker.set_deadline(None)
        return self._ended

    def _end(self, ending: Literal["ok", "error", "timeout", "killed"], result: bytes = b"null") -> None:
        took_ms = self._now_ms - self._invoke.now
        self._ended = Ended(ending, result, took_ms, tuple(self._events))

    def _wake(self) -> None:
        """The service waits: for a time that comes before its deadline, or for nothing."""
        self._idle = False
        if self._until is None or self._until > self._invoke.deadline:
            self._now_ms = self._invoke.deadline
            self._worker.kill()
            self._end("timeout")
            return
        self._now_ms = max(self._now_ms, self._until)
        self._worker.send(pack(Tick(self._now_ms)))

    def _take(self, event: Event) -> None:
        if (why := self._intake.take(event)) is not None:
            self._worker.kill()
            self._fail(f"[ERROR] Runtime.ExitError: {why}")
            return
        if isinstance(event, FrameEvent) and event.header.__class__ is not Fetch:
            self._intake.release(event.body)  # what it logs and asks for is kept until its end
        self._on(event)

    def _on(self, event: Event) -> None:
        match event:
            case FrameEvent(header=Fetch() as fetch):
                self._fetched(fetch, event.body)
                if fetch.idle:
                    self._idle, self._until = True, None
            case FrameEvent(header=Idle() as idle):
                self._idle, self._until = True, idle.until
            case FrameEvent(header=Ready() as ready):
                self._is_ready(ready)
            case FrameEvent(header=Violation() as tried):
                self._events.append(ServiceEvent("audit", tried.event, tried.what, tried.line))
            case WitnessEvent():
                self._events.append(ServiceEvent("kernel", event.call, event.target))
            case FrameEvent(header=Fatal() as fatal):
                self._fail(f"[ERROR] Runtime.ExitError: {fatal.why}")
            case DiedEvent() | ProtocolEvent():
                self._fail(f"[ERROR] Runtime.ExitError: {event.why}")
            case OverdueEvent():
                self._fail(f"[ERROR] Runtime.ExitError: no answer for {REAL_SECONDS:g} real s")
            case _:
                pass

    def _is_ready(self, ready: Ready) -> None:
        if self._ready:
            return
        self._ready = True
        failed = ready.errors.get(self._invoke.function)
        if failed is None:
            self._worker.send(self._frame)
            return
        self._log(f"[ERROR] {failed.get('type')}: {failed.get('message')}", failed.get("at"))
        self._end("error")
        self._worker.kill()

    def _fetched(self, fetch: Fetch, body: bytes) -> None:
        kind = fetch.descriptor.get("type")
        if kind == "log":
            self._log(body.decode("utf-8", "backslashreplace"), fetch.line)
        elif kind == "result" and fetch.id == 0:
            self._end("ok", body or b"null")
        elif kind == "error" and fetch.id == 0:
            said = _error(body)
            at = said.get("at")
            self._log(_traceback(said), None if at is None else str(at))
            self._end("error")
        else:  # nothing of Forge answers here
            self._events.append(ServiceEvent("audit", f"forge {kind}", fetch.path, fetch.line))
            self._worker.send(pack(Reply(fetch.id, 403, [], self._now_ms)))

    def _log(self, text: str, line: str | None) -> None:
        self._events.append(ServiceEvent("log", text, None, line))

    def _fail(self, words: str) -> None:
        self._log(words, None)
        self._end("killed")


def _error(body: bytes) -> Mapping[str, Any]:
    """What an error frame says; nothing where it is not what the guest's own code sends."""
    try:
        said = msgspec.json.decode(body)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _traceback(said: Mapping[str, Any]) -> str:
    """What Lambda's runtime writes to the log where a handler raises."""
    stack = said.get("stack")
    frames = "".join(f"\n  {frame}" for frame in stack) if isinstance(stack, list) else ""
    return f"[ERROR] {said.get('type')}: {said.get('message')}{frames}"
