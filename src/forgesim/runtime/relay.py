"""What stands in a guest's place where a remote answers: it sends one request, and says what came of the answer.

To the dispatcher it is a guest that never runs for long: it takes the frames that a guest takes and speaks those that a
guest speaks, so that gateway, clock, deadlines and failures are the same. No process stands behind it, and no app code.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import msgspec

from forgesim.errors import InputError, Problem
from forgesim.gateway.endpoints import ENDPOINT
from forgesim.platform.remote.limits import FAILED, METHODS, TOKEN_REFUSED
from forgesim.sandbox.host import Event, FrameEvent
from forgesim.seam import Fetch, FrameReader, Invoke, Reply, decode_from_host

__all__ = ["Relay", "RelayRequest", "event_request", "front_end_request"]

JSON = "application/json"
_MEMBERS = frozenset({"path", "method", "headers", "body"})
_OURS = frozenset({"forge-proxy-error", "x-forgesim-unsupported"})
"""Headers by which the platform says that it sent nothing."""


class RelayRequest(NamedTuple):
    """What is sent. ``tells``: whether somebody waits for what the remote answers."""

    method: str
    path: str
    headers: list[tuple[str, str]]
    body: bytes
    tells: bool


def event_request(path: str, event: Mapping[str, Any]) -> RelayRequest:
    """An event or a schedule: what a function would get, as ``payload``. What Forge puts beside that is not
    documented."""
    return RelayRequest("POST", path, [("content-type", JSON)], msgspec.json.encode({"payload": event}), tells=False)


def front_end_request(endpoint: str, given: Any) -> RelayRequest:
    """What a front end gives to ``invokeRemote``: ``{path, method, headers?, body?}``. Raises InputError for anything
    else."""
    said = given if isinstance(given, dict) else {}
    method, path, headers = str(said.get("method", "")).upper(), said.get("path"), said.get("headers") or {}
    texts = isinstance(headers, dict) and all(isinstance(value, str) for value in headers.values())
    if method not in METHODS or not isinstance(path, str) or not texts or said.keys() - _MEMBERS:
        what = f"the endpoint {endpoint!r} is called as a front end calls invokeRemote"
        hint = f"with: {{path: /…, method: {' | '.join(METHODS)}, headers?: {{NAME: TEXT}}, body?: …}}"
        raise InputError(Problem(what=what, hint=hint))
    own = [(str(name), value) for name, value in headers.items()]
    if "body" not in said:
        return RelayRequest(method, path, own, b"", tells=True)
    named = any(name.lower() == "content-type" for name, _ in own)
    typed = own if named else [*own, ("content-type", JSON)]
    return RelayRequest(method, path, typed, msgspec.json.encode(said["body"]), tells=True)


class Relay:
    """Of one call. ``id`` is no worker's, which count from one up; ``tell`` takes what it says."""

    def __init__(self, request: RelayRequest) -> None:
        self.id = -id(self)
        self.alive = True
        self.tell: Callable[[Event], None] = lambda _: None
        self._request = request
        self._reader = FrameReader()
        self._who = ("", "")

    def send(self, data: bytes) -> None:
        """Take what the host says, and answer at once."""
        for header, body in self._reader.feed(data):
            match decode_from_host(header):
                case Invoke() as invoke:
                    self._who = (invoke.inv, invoke.token)
                    self._say(1, ENDPOINT, self._request)
                case Reply() as reply:
                    self._answered(reply, body)
                case _:
                    pass

    def set_deadline(self, seconds: float | None) -> None:
        """It does nothing that could hang."""

    def kill(self) -> None:
        """As close."""
        self.close()

    def close(self) -> None:
        """It is not needed any more."""
        self.alive = False

    def _answered(self, reply: Reply, body: bytes) -> None:
        """Of an event's answer the status alone counts; a front end gets all of it, which has to be JSON."""
        ours = next((text for name, text in reply.headers if name.lower() in _OURS), None)
        if ours is not None:
            self._end("error", {"type": "NotSent", "message": f"the remote was not asked: {ours}"})
        elif not 200 <= reply.status < 300:
            reason = TOKEN_REFUSED if reply.status == 401 else FAILED
            self._end("error", {"type": reason, "message": f"the remote answered {reply.status}"})
        elif not self._request.tells:
            self._end("result", None)
        else:
            self._hand_on(reply, body)

    def _hand_on(self, reply: Reply, body: bytes) -> None:
        headers: dict[str, str] = {}
        for name, text in reply.headers:
            low = name.lower()
            headers[low] = f"{headers[low]},{text}" if low in headers else text
        value: Any = None
        typed = not body or headers.get("content-type", "").startswith(JSON)
        try:
            value = msgspec.json.decode(body) if body else None
        except (ValueError, RecursionError):
            typed = False
        if typed:
            self._end("result", {"headers": headers, "status": reply.status, "body": value})
        else:
            self._end("error", {"type": FAILED, "message": "the remote answered something other than JSON"})

    def _end(self, kind: str, value: Any) -> None:
        self._say(0, kind, RelayRequest("POST", "", [], msgspec.json.encode(value), tells=True))

    def _say(self, number: int, kind: str, asked: RelayRequest) -> None:
        inv, token = self._who
        fetch = Fetch(
            id=number,
            inv=inv,
            token=token,
            descriptor={"type": kind},
            path=asked.path,
            method=asked.method,
            headers=asked.headers,
            idle=True,
        )
        self.tell(FrameEvent(self, fetch, asked.body))
