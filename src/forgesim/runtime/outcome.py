"""How an invocation ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

__all__ = ["BUG", "Outcome"]

BUG = "InternalError"
"""Type of an outcome that is forgesim's own failure."""

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
