"""Failures that a scenario or the exploration puts in place of an answer: each platform's own words for each status."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from forgesim.gateway.call import Kind
from forgesim.seam import Answer

__all__ = ["FAILURES", "TIMEOUT_MS", "Fault", "FaultPlan", "failure"]

FAILURES = ("401", "403", "404", "429", "500", "timeout")
TIMEOUT_MS = 180_000
"""A request that nobody answers: the platform gives up after this many virtual ms with a 504 (Forge's limit of one
outbound request, documentation of limits, 2026-08)."""

JSON = (("content-type", "application/json"),)
RETRY = (("content-type", "application/json"), ("retry-after", "2"))


@dataclass(slots=True, kw_only=True)
class Fault:
    """``service``: kvs, confluence, jira, llm, queue or a host. The rest narrows it; ``times`` counts down."""

    service: str
    failure: str
    times: int = 1
    line: str | None = None
    op: str | None = None
    verb: str | None = None
    function: str | None = None

    def fits(self, kind: Kind, line: str | None, function: str) -> bool:
        return (
            self.times > 0
            and kind.service == self.service
            and (self.line is None or self.line == line)
            and (self.op is None or self.op == kind.op)
            and (self.verb is None or self.verb == kind.verb)
            and (self.function is None or self.function == function)
        )


class FaultPlan:
    """The faults still to come, in order."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []

    def add(self, fault: Fault) -> None:
        self._faults.append(fault)

    def clear(self) -> None:
        self._faults.clear()

    def take(self, kind: Kind, line: str | None, function: str) -> str | None:
        """The failure that replaces this answer, or nothing."""
        for fault in self._faults:
            if fault.fits(kind, line, function):
                fault.times -= 1
                return fault.failure
        return None


def failure(kind: Kind, name: str) -> Answer:
    """What the service of ``kind`` answers for a failure; ``timeout`` is a 504 that comes ``TIMEOUT_MS`` later."""
    status = 504 if name == "timeout" else int(name)
    headers = RETRY if status == 429 else JSON
    return Answer(status, msgspec.json.encode(_WORDS.get(kind.service, _plain)(status)), headers)


def _confluence(status: int) -> object:
    if status == 401:
        return {"code": 401, "message": "Unauthorized; scope does not match"}
    codes = {403: "FORBIDDEN", 404: "NOT_FOUND", 429: "TOO_MANY_REQUESTS", 500: "INTERNAL_SERVER_ERROR"}
    code = codes.get(status, "GATEWAY_TIMEOUT")
    return {"errors": [{"status": status, "code": code, "title": code.replace("_", " ").title(), "detail": None}]}


def _jira(status: int) -> object:
    if status == 401:
        return {"code": 401, "message": "Unauthorized; scope does not match"}
    return {"errorMessages": [f"Jira answered {status}"], "errors": {}}


def _kvs(status: int) -> object:
    codes = {401: "UNAUTHORIZED", 403: "FORBIDDEN", 404: "KEY_NOT_FOUND", 429: "RATE_LIMIT_EXCEEDED"}
    code = codes.get(status, "INTERNAL_SERVER_ERROR")
    return {"code": code, "message": code.replace("_", " ").capitalize()}


def _llm(status: int) -> object:
    codes = {
        401: "UNAUTHORIZED",
        403: "FORGE_LLMS_MODEL_FORBIDDEN",
        404: "NOT_FOUND",
        429: "RATE_LIMIT_EXCEEDED",
    }
    return {"code": codes.get(status, "INTERNAL_SERVER_ERROR"), "message": f"Forge LLM answered {status}"}


def _queue(status: int) -> object:
    says = f"The queue answered {status}"
    return {"code": status, "message": says, "errorMessage": says}


def _plain(status: int) -> object:
    return {"status": status, "error": f"HTTP {status}"}


_WORDS: dict[str, Callable[[int], object]] = {
    "confluence": _confluence,
    "jira": _jira,
    "kvs": _kvs,
    "llm": _llm,
    "queue": _queue,
}
