"""What leaves without an answer: log lines, the handler's error and its result. All three are crossings."""

from __future__ import annotations

from typing import Literal

import msgspec

from forgesim.decision import Decision, allow, deny
from forgesim.gateway.call import Call, Kind, Performed, Services
from forgesim.gateway.products import not_emulated
from forgesim.gateway.webtriggers import answered
from forgesim.seam import Answer

__all__ = ["MAX_RESULT", "Logs", "Outcomes", "Unknown"]

MAX_RESULT = 5 * 1024 * 1024
"""Bytes of a resolver's result: front-end response limit of 5 MB (Forge documentation, limits, 2026-08)."""

RETURNED = allow("result")
SERVICES = {
    "sql": "Forge SQL", "os": "the object store", "realtime": "Forge Realtime", "tpp": "third-party OAuth",
    "fcc": "containers", "emails": "mail",
}  # fmt: skip
"""Descriptor type → the service of Forge behind it that forgesim does not emulate."""


class Logs:
    """One line of the app's log; the platform drops those over its limits."""

    answers = False

    def identify(self, call: Call) -> Kind:
        return Kind("log", call.fetch.path, "", writes=True)

    def decide(self, call: Call, kind: Kind) -> Decision:
        return call.invocation.log_budget.take(len(call.body))

    def perform(self, call: Call, kind: Kind, services: Services) -> Performed:
        return Performed(Answer(204))

    def refuse(self, call: Call, kind: Kind, decision: Decision) -> Answer:
        return Answer(413)


class Outcomes:
    """The result or the error of an invocation.

    A web trigger's result is an answer to whoever called, on a channel of its own. A result that asks to be run again
    leaves data with the platform for that run: a write to the queue.
    """

    answers = False

    def __init__(self, channel: Literal["result", "error"]) -> None:
        self._channel: Literal["result", "error"] = channel
        self._verb = "return" if channel == "result" else "raise"

    def identify(self, call: Call) -> Kind:
        invocation = call.invocation
        if self._channel == "result" and invocation.module:
            if invocation.cause == "webtrigger":
                return Kind("webtrigger", "respond", invocation.module)
            if invocation.cause in ("queue", "event") and _asks_again(call.body):
                return Kind("queue", "retry", invocation.module, writes=True)
        return Kind(self._channel, self._verb, "")

    def decide(self, call: Call, kind: Kind) -> Decision:
        if len(call.body) > MAX_RESULT:
            return deny("result-too-large", f"a result of {len(call.body)} bytes is over {MAX_RESULT}")
        return answered(call) if kind.channel == "webtrigger" else RETURNED

    def perform(self, call: Call, kind: Kind, services: Services) -> Performed:
        return Performed(Answer(204))

    def refuse(self, call: Call, kind: Kind, decision: Decision) -> Answer:
        return Answer(413)


def _asks_again(body: bytes) -> bool:
    try:
        value = msgspec.json.decode(body)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return False
    return isinstance(value, dict) and bool(value.get("_retry"))


class Unknown:
    """Descriptor types that Forge has and forgesim does not emulate yet, and those that nobody has."""

    answers = True

    def identify(self, call: Call) -> Kind:
        name = str(call.fetch.descriptor.get("type"))
        return Kind("platform", call.fetch.method.upper(), call.fetch.path, name, writes=True)

    def decide(self, call: Call, kind: Kind) -> Decision:
        return deny("not-emulated", f"forgesim does not emulate the descriptor type {kind.op!r}")

    def perform(self, call: Call, kind: Kind, services: Services) -> Performed:
        return not_emulated(kind.op or kind.target)

    def refuse(self, call: Call, kind: Kind, decision: Decision) -> Answer:
        name, known = f"descriptor type {kind.op!r}", SERVICES.get(kind.op or "")
        if known is None:
            return not_emulated(name).answer
        answer = not_emulated(f"{known} ({name})").answer
        return Answer(501, answer.body, (*answer.headers, ("x-forgesim-unsupported", known)))
