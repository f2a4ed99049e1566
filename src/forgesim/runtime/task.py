"""An invocation while it lives, and how it ended."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Any, Literal

from forgesim.gateway.call import Invocation
from forgesim.runtime.ask import NOTHING, Sent
from forgesim.runtime.intake import Intake
from forgesim.sandbox.host import Event, Worker
from forgesim.seam import Answer, Fetch, Ready

__all__ = ["BUG", "Outcome", "Task"]

BUG = "InternalError"

Ending = Literal["ok", "error", "timeout", "killed", "protocol"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an invocation ended. ``result`` is wire JSON; ``type``, ``message``, ``at`` describe what went wrong."""

    ending: Ending
    result: Any = None
    type: str = ""
    message: str = ""
    at: str | None = None

    @property
    def ok(self) -> bool:
        return self.ending == "ok"

    @property
    def is_bug(self) -> bool:
        """Whether forgesim itself failed; no app can bring this about by what it says."""
        return self.ending == "killed" and self.type == BUG


@dataclass(slots=True)
class Task:
    """A live invocation: its worker, what it has asked for, and what is on its way back."""

    invocation: Invocation
    worker: Worker
    arguments: list[Any]
    input: Any
    seed: int
    context: Any = None
    step: int = 0
    sent: Sent = NOTHING
    ready: bool = False
    idle: bool = False
    until: int | None = None
    queue: deque[tuple[Fetch, bytes]] = field(default_factory=deque)
    pending: list[tuple[int, int, int, Answer]] = field(default_factory=list)
    inbox: deque[Event] = field(default_factory=deque)
    intake: Intake = field(default_factory=Intake)
    loading: bool = False
    loaded: Ready | None = None
    outcome: Outcome | None = None
    lasting: bool = False
    """Its outcome is out, and an answer that came after it is being dealt with."""
