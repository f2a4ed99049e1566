"""The host's end of the Node bridge: what a Node process asks over the seam goes through a stage's gateway.

``bridge.cjs`` is the other end: it makes the globals that Atlassian's own packages read. No wall stands around that
process, so this is for comparing and proves nothing about an app. Whoever starts the process hands over the socket's
two ends as functions; nothing here starts anything.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

import msgspec

from forgesim.errors import InternalError
from forgesim.gateway.call import Invocation
from forgesim.runtime.stage import Stage
from forgesim.seam import Fetch, FrameReader, FromGuest, Idle, Invoke, Reply, decode_from_guest, pack

__all__ = ["SEAM", "Bridge", "bridge_file"]

SEAM = "FORGESIM_SEAM"
"""Environment variable with the descriptor number of the Node process's end."""

_CHUNK = 1 << 16
_encode = msgspec.json.Encoder().encode


def bridge_file() -> Path:
    """The script that Node runs: ``node FILE DRIVER``."""
    return Path(str(files("forgesim.conformance") / "bridge.cjs"))


class Bridge:
    """One Node process, asked one thing after the other. ``crossed`` counts what it sent since it was last asked."""

    def __init__(self, send: Callable[[bytes], object], receive: Callable[[int], bytes]) -> None:
        self._send, self._receive = send, receive
        self._reader = FrameReader()
        self._frames: list[tuple[bytes, bytes]] = []
        self.crossed = 0

    def ask(self, stage: Stage, invocation: Invocation, argument: Any) -> Any:
        """What the driver returns for ``argument``, every request of its served by the stage's gateway.

        Raises InternalError where the driver fails or the process ends.
        """
        self.crossed = 0
        asked = Invoke(
            inv=invocation.id,
            token=invocation.token,
            function=invocation.function,
            now=stage.clock.now_ms,
            deadline=invocation.deadline_ms,
            seed=stage.seed,
        )
        self._send(pack(asked, _encode([argument, runtime_of(invocation)])))
        asked_now: list[tuple[Fetch, bytes]] = []
        while True:
            frame, body = self._next()
            if isinstance(frame, Idle):
                self._serve(stage, invocation, asked_now)
                asked_now = []
            if not isinstance(frame, Fetch):
                continue
            if frame.descriptor.get("type") == "result":
                return msgspec.json.decode(body)
            if frame.descriptor.get("type") == "error":
                raise InternalError(f"the driver failed: {body.decode('utf-8', 'replace')}")
            asked_now.append((frame, body))

    def _serve(self, stage: Stage, invocation: Invocation, asked: list[tuple[Fetch, bytes]]) -> None:
        """Answer what was asked at one instant; the clock moves on to the last of the answers."""
        self.crossed += len(asked)
        answers = [(frame, stage.gateway.cross(invocation, frame, body)) for frame, body in asked]
        now = stage.clock.advance(max((crossed.delay_ms for _, crossed in answers), default=0))
        for frame, crossed in answers:
            reply = Reply(frame.id, crossed.answer.status, list(crossed.answer.headers), now)
            self._send(pack(reply, crossed.answer.body))

    def _next(self) -> tuple[FromGuest, bytes]:
        while not self._frames:
            data = self._receive(_CHUNK)
            if not data:
                raise InternalError("the Node process has ended")
            self._frames = self._reader.feed(data)
        header, body = self._frames.pop(0)
        return decode_from_guest(header), body


def runtime_of(invocation: Invocation) -> dict[str, Any]:
    """What the platform knows of an invocation, as ``__forge_runtime__`` has it (without its functions).

    There is no ``kvs`` in it on purpose: with one, @forge/kvs leaves the seam and talks to that URL.
    """
    installation = invocation.installation
    manifest = installation.app.manifest
    return {
        "proxy": {"token": "none", "url": "none"},
        "contextAri": installation.context_ari,
        "appContext": {
            "appId": manifest.app_id.rpartition("/")[2],
            "appVersion": installation.app.version,
            "environmentId": installation.id,
            "environmentType": "DEVELOPMENT",
            "invocationId": invocation.id,
            "installationId": installation.id,
            "functionKey": invocation.function,
            "moduleType": "confluence:spacePage",
            "moduleKey": "page",
            "permissions": {"scopes": sorted(installation.scopes), "external": {}},
        },
        "tracing": {"traceId": "0" * 16, "spanId": "0" * 16},
        **({"aaid": invocation.principal} if invocation.principal else {}),
    }
