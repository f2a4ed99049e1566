"""The schedules of one installation, in the order in which they are due."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from forgesim.platform.schedule.limits import INTERVAL_MS
from forgesim.platform.schedule.rules import due

__all__ = ["Due", "Schedule", "Schedules"]


class Schedule(NamedTuple):
    """A scheduled trigger: its module's key, the function that it runs, and ``fiveMinute``, ``hour``, ``day`` or
    ``week``."""

    key: str
    function: str
    interval: str


class Due(NamedTuple):
    """One run, and when."""

    at_ms: int
    schedule: Schedule


class Schedules:
    """Begins anew with each installation; ``installed_ms`` is when that was."""

    def __init__(self, schedules: Iterable[Schedule], installed_ms: int) -> None:
        self._schedules = tuple(schedules)
        self.installed_ms = installed_ms

    def between(self, after_ms: int, until_ms: int) -> Sequence[Due]:
        """What is due later than ``after_ms`` and up to ``until_ms``, each once, the earliest first."""
        found = [
            Due(at_ms, schedule)
            for schedule in self._schedules
            for at_ms in due(self.installed_ms, INTERVAL_MS[schedule.interval], after_ms, until_ms)
        ]
        return sorted(found, key=lambda each: each.at_ms)
