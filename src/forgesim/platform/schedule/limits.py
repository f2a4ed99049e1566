"""Numbers of scheduled triggers (Forge documentation, "Scheduled trigger", August 2026)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

__all__ = ["FIRST_MS", "INTERVAL_MS", "MOST_RUNS"]

FIRST_MS: Final = 5 * 60_000
"""From the installation to the first run: "about five minutes"."""

INTERVAL_MS: Final[Mapping[str, int]] = {
    "fiveMinute": 5 * 60_000,
    "hour": 3_600_000,
    "day": 86_400_000,
    "week": 7 * 86_400_000,
}

MOST_RUNS: Final = 48
"""Runs of one schedule in one stretch of time. Ours: of more, the first and the last half take place, for what was done
that often does no more by being done again, and nobody waits for two thousand runs of a week."""
