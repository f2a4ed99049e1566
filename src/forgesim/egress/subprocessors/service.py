"""What a simulated vendor service is: a request in, an answer out, and nothing else to reach."""

from __future__ import annotations

from typing import Literal, Protocol, runtime_checkable

import msgspec

from forgesim.seam import Answer

__all__ = [
    "Aftermath",
    "ServiceEvent",
    "ServiceRequest",
    "SimulatedService",
    "Unsupported",
    "Watched",
    "json_answer",
    "not_emulated",
]


class ServiceRequest(msgspec.Struct, frozen=True):
    """A request as it arrives. ``headers`` have lower-case names; ``query`` has no question mark;
    ``now_ms`` is the virtual time, epoch milliseconds."""

    method: str
    host: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes
    now_ms: int


class SimulatedService(Protocol):
    """A vendor's service. It may keep what it receives for inspection, and decides nothing about egress."""

    def answer(self, request: ServiceRequest) -> Answer: ...


class ServiceEvent(msgspec.Struct, frozen=True):
    """Something that a vendor's code did beside answering.

    ``kind`` ``log``: it wrote ``what`` to the log group ``target``, where it stays. ``kernel`` and ``audit``: it made
    the call ``what`` on ``target`` and a wall refused it; only ``kernel`` cannot be forged. ``line``: ``service/…:N``.
    """

    kind: Literal["log", "kernel", "audit"]
    what: str
    target: str | None = None
    line: str | None = None


class Aftermath(msgspec.Struct, frozen=True):
    """What the last request brought about: events in order, and virtual milliseconds that the vendor's code took."""

    events: tuple[ServiceEvent, ...] = ()
    took_ms: int = 0


@runtime_checkable
class Watched(Protocol):
    """A service that runs a vendor's code; ``aftermath`` hands out what came of the last request, once."""

    def aftermath(self) -> Aftermath: ...


class Unsupported:
    """A service that is declared and that forgesim does not emulate: every request is answered 501 with its
    name."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def answer(self, request: ServiceRequest) -> Answer:  # noqa: ARG002
        return not_emulated(self.name)


def json_answer(status: int, data: object) -> Answer:
    return Answer(status, msgspec.json.encode(data), (("content-type", "application/json"),))


def not_emulated(name: str) -> Answer:
    """501 for what forgesim does not emulate; the header names it."""
    answer = json_answer(501, {"code": "NOT_EMULATED", "message": f"forgesim does not emulate {name}"})
    return Answer(501, answer.body, (*answer.headers, ("x-forgesim-unsupported", name)))
