"""Counts what users invoke, and what an invocation asks of other hosts."""

from __future__ import annotations

from collections import Counter

from forgesim.decision import Decision, allow, deny
from forgesim.platform.invocation.rules import external_allowed, fits, within

__all__ = ["ExternalBudget", "Quota"]

SECOND_MS, MINUTE_MS = 1_000, 60_000
_COUNTED = allow("external", "within the limit")


class Quota:
    """Invocations of one installation in the second and the minute that run, which begin with the virtual clock's."""

    def __init__(self) -> None:
        self._minute = self._second = -1
        self._by_user: Counter[str] = Counter()
        self._in_second = 0

    def take(self, user: str | None, size_bytes: int, now_ms: int, *, front_end: bool) -> Decision:
        """Ask for one more invocation with a payload of so many bytes; what users bring about counts against the rates.
        One that is refused uses nothing up."""
        fitting = fits(size_bytes, front_end=front_end)
        if not fitting.allow or user is None:
            return fitting
        self._turn(now_ms)
        by_user = self._by_user[user] + 1
        decision = within(by_user=by_user, in_minute=self._by_user.total() + 1, in_second=self._in_second + 1)
        if decision.allow:
            self._by_user[user] = by_user
            self._in_second += 1
        return decision

    def _turn(self, now_ms: int) -> None:
        if (minute := now_ms // MINUTE_MS) != self._minute:
            self._minute, self._by_user = minute, Counter()
        if (second := now_ms // SECOND_MS) != self._second:
            self._second, self._in_second = second, 0


class ExternalBudget:
    """Requests to other hosts that one invocation has made; a refused one uses nothing up."""

    __slots__ = ("_allowed", "made")

    def __init__(self, timeout_s: float) -> None:
        self._allowed = external_allowed(timeout_s)
        self.made = 0

    def take(self) -> Decision:
        """Ask for one more. Rule of a refusal: ``external-rate``."""
        if self.made >= self._allowed:
            return deny("external-rate", f"an invocation with this timeout may make {self._allowed} external requests")
        self.made += 1
        return _COUNTED
