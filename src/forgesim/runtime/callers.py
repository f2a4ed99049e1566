"""What stands between an installation and those who call it: its rates, and what they get of an outcome."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import msgspec

from forgesim.clock import VirtualClock
from forgesim.manifest.model import Module
from forgesim.platform.invocation.service import Quota
from forgesim.platform.webtrigger.rules import FAILED, reply
from forgesim.runtime.ask import Ask
from forgesim.runtime.dispatch import Outcome

__all__ = ["Callers"]

RATES = frozenset({"user-rate", "installation-rate"})


class Callers:
    """Of one stage. Without ``quotas`` nothing is too much, and no answer tells of a rate."""

    def __init__(self, clock: VirtualClock, *, quotas: bool) -> None:
        self._clock = clock
        self._quota = Quota() if quotas else None

    def over(self, ask: Ask, resolver: str | None) -> Outcome | None:
        """How a call ends that is over a limit of the platform's: the function is not invoked. Where that is a rate,
        who calls is answered 429 with the headers that Forge documents."""
        if self._quota is None:
            return None
        user = (ask.user or "") if ask.cause == "user" else None
        size, now_ms = len(msgspec.json.encode(ask.payload)), self._clock.now_ms
        front_end = user is not None and resolver is not None
        decision = self._quota.take(user, size, now_ms, front_end=front_end, by_url=ask.cause == "webtrigger")
        if decision.allow:
            return None
        too_many = {"statusCode": 429, "headers": self._quota.standing(user, now_ms).headers()}
        result = too_many if decision.rule in RATES else None
        return Outcome("error", result=result, type=decision.rule, message=decision.reason)

    def answered(self, module: Module, outcome: Outcome) -> Outcome:
        """An outcome of a web trigger's function with what its caller gets: the platform tells how the rates stand."""
        answer = reply(module.data, outcome.result).answer if outcome.ok else outcome.result or FAILED
        return replace(outcome, result=self._with_rates(answer))

    def _with_rates(self, answer: Mapping[str, Any]) -> Mapping[str, Any]:
        if self._quota is None:
            return answer
        told = self._quota.standing(None, self._clock.now_ms).headers()
        return {**answer, "headers": {**(answer.get("headers") or {}), **told}}
