"""A call to make of an app."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from forgesim.ledger.records import Cause

__all__ = ["Ask"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A call to make: resolver or function name, payload, and the account that makes it (null: nobody).

    ``module``: what asks for it, the key of a trigger or web trigger, or a queue's name. ``origin``: the invocation
    that it goes back to, the one that brought it about, and how many pushes lie between them; null for a call that
    begins something. ``job``: the job of an event that a resolver consumes.
    """

    name: str
    payload: Any = None
    user: str | None = None
    cause: Cause = "user"
    step: int = 0
    module: str = ""
    origin: tuple[str, str, int] | None = None
    job: str | None = None
