"""What one invocation has logged so far."""

from __future__ import annotations

from forgesim.decision import Decision
from forgesim.platform.log.rules import fits, lines_allowed

__all__ = ["LogBudget"]


class LogBudget:
    """Counts an invocation's log lines against the platform's limits; a refused line uses nothing up."""

    __slots__ = ("_allowed", "lines", "size_bytes")

    def __init__(self, timeout_s: float) -> None:
        self._allowed = lines_allowed(timeout_s)
        self.lines = 0
        self.size_bytes = 0

    def take(self, size_bytes: int) -> Decision:
        """Ask for one more line of ``size_bytes`` bytes; an allowed one is counted."""
        decision = fits(self.lines + 1, self.size_bytes + size_bytes, self._allowed)
        if decision.allow:
            self.lines += 1
            self.size_bytes += size_bytes
        return decision
