"""A call to make of an app."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from forgesim.ledger.records import Cause

__all__ = ["NOTHING", "Ask", "Sent"]


class Sent(NamedTuple):
    """The event that a trigger gets: its name, the sets of the app's scopes that each let it through, and whether
    forgesim made up what it says."""

    event: str = ""
    scopes: tuple[tuple[str, ...], ...] = ()
    guess: bool = False


NOTHING = Sent()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A call to make: resolver or function name, payload, and the account that makes it (null: nobody).

    ``module``: what asks for it, the key of a trigger or web trigger, or a queue's name. ``origin``: the invocation
    that it goes back to, the one that brought it about, and how many pushes lie between them; null for a call that
    begins something. ``job``: the job of an event that a resolver consumes. ``sent``: what a trigger gets.
    ``context``: where the call is made from, as the browser says it: ``moduleKey``, ``extension``, and so on.
    """

    name: str
    payload: Any = None
    user: str | None = None
    cause: Cause = "user"
    step: int = 0
    module: str = ""
    origin: tuple[str, str, int] | None = None
    job: str | None = None
    sent: Sent = NOTHING
    context: Mapping[str, Any] | None = None

    def following(self, result: Any) -> Ask | None:
        """The call that goes on where the result of this one stops; null where it does not say so."""
        cursor = result.get("cursor") if isinstance(result, dict) else None
        if cursor is None:
            return None
        payload = self.payload if isinstance(self.payload, dict) else {}
        return replace(self, payload={**payload, "cursor": cursor})
