"""Numbers of async events (Forge documentation, "Async events API" and its limits, and @forge/events 3.0.8, August
2026). What Forge does not publish is said to be ours."""

from __future__ import annotations

from typing import Final

__all__ = [
    "BACK_OFF_MS", "DELIVERY_MS", "DUPLICATE_ONE_IN", "EVENTS_PER_MINUTE", "LONGEST_KEY", "LONG_EVENT_BYTES",
    "LONG_TIMEOUT_S", "MAX_CHAIN", "MAX_DELAY_S", "MAX_EVENTS", "MAX_LIMIT", "MAX_PUSH_BYTES", "MAX_RETRY_AFTER_S",
    "MAX_RETRY_DATA_BYTES", "MINUTE_MS", "MOST_RUNS", "RETENTION_MS",
]  # fmt: skip

MAX_EVENTS: Final = 50
"""Events of one push."""
MAX_PUSH_BYTES: Final = 200 * 1024
"""Bytes of the events of one push, as JSON."""
LONG_EVENT_BYTES: Final = 100 * 1024
"""Bytes of one event for a consumer that may run longer than ``LONG_TIMEOUT_S``."""
LONG_TIMEOUT_S: Final = 55
EVENTS_PER_MINUTE: Final = 500
"""Events that an installation may push in a minute (medium confidence)."""
MAX_DELAY_S: Final = 900
MAX_CHAIN: Final = 1_000
"""Pushes from runs that a push brought about, one after the other."""
MAX_RETRY_AFTER_S: Final = 900
"""Larger values are lowered to it."""
MAX_RETRY_DATA_BYTES: Final = 4 * 1024
RETENTION_MS: Final = 24 * 3_600_000
"""How long an event is tried again. The 72 hours more that the platform keeps for its own troubles never come about."""
MINUTE_MS: Final = 60_000

DELIVERY_MS: Final = 1_000
"""Virtual time between a push and the first run. Ours: none is published."""
BACK_OFF_MS: Final = tuple(min(15_000 * 2**number, 900_000) for number in range(7))
"""Time to the next run after a failed one; the last holds for all further ones. "Exponential, up to about 15 minutes"
is published; the steps are ours."""
MOST_RUNS: Final = 200
"""Runs of one event: the platform's own back-off makes fewer in a day. Ours, for ones that ask for a run a second."""
DUPLICATE_ONE_IN: Final = 8
"""Where duplicates are on, one event in so many comes again. Ours: "at least once" is published, no rate."""
LONGEST_KEY: Final = 500
"""Characters of a concurrency key. Ours."""
MAX_LIMIT: Final = 1_000
"""Runs side by side that a concurrency key may allow. Ours."""
