"""How work flows through a sprint, or through a board: where issues wait, what is blocked, how old is what is begun."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from syncup.numbers import ENOUGH, percentile, share, total
from syncup.passage import Passage, Window
from syncup.timeline import DAY_MS

__all__ = ["PERCENTS", "flow_of", "percentiles", "wip"]

PERCENTS = (50, 85, 95)


def percentiles(days: Sequence[float]) -> dict[str, float]:
    """``p50``, ``p85`` and ``p95`` of what issues took; empty where fewer than five stand behind them."""
    return {f"p{percent}": total([percentile(days, percent)]) for percent in PERCENTS if len(days) >= ENOUGH}


def flow_of(passages: Sequence[Passage], end_ms: int) -> dict[str, Any]:
    """``efficiency``: of the time for which issues that are begun at the end were open in scope, the percentage in
    which they did not wait and were not flagged. ``blocked``: days for which open issues were flagged, all together."""
    spent = [
        (each.begun, state, lasted) for each in passages for state, lasted in each.stretches(end_ms) if state.is_open
    ]
    open_ms = sum(lasted * begun for begun, _, lasted in spent)
    idle_ms = sum(lasted * (begun and state.idle) for begun, state, lasted in spent)
    blocked_ms = sum(lasted * state.blocked for _, state, lasted in spent)
    return {"efficiency": share(open_ms - idle_ms, open_ms), "blocked": total([blocked_ms / DAY_MS])}


def wip(passages: Sequence[Passage], window: Window) -> dict[str, Any]:
    """Of issues that are begun and not done at the end: how many, and percentiles of the days since they were begun."""
    begun = [each for each in passages if each.begun and each.states[-1].is_open]
    return {"issues": len(begun), "ageDays": percentiles([(window.end_ms - each.begun_ms) / DAY_MS for each in begun])}
