"""Numbers of Forge's key-value store, each with its source.

Where nothing else is said: Forge documentation, "KVS and Custom Entity Store limits", read August 2026.
"""

from __future__ import annotations

from typing import Final

__all__ = [
    "DAY_MS", "MAX_DEPTH", "MAX_KEY_LENGTH", "MAX_PAGE", "MAX_PAGE_BYTES", "MAX_TTL_MS", "MAX_VALUE_BYTES",
    "PAGE", "REALMS", "UNIT_MS",
]  # fmt: skip

MAX_KEY_LENGTH: Final = 500
"""Characters of a key; the least is 1."""

MAX_VALUE_BYTES: Final = 240 * 1024
"""Bytes of a value as compact JSON. For secrets one page says 128 KiB, another 240; the larger holds."""

MAX_DEPTH: Final = 31
"""Nested arrays and objects of a value. The limits page says 31, the error text 32; the smaller holds."""

PAGE: Final = 10
MAX_PAGE: Final = 100
"""Rows of one answer to a query: default and most."""

MAX_PAGE_BYTES: Final = 4 * 1024 * 1024
"""Bytes of rows in one answer to a query. Ours: an answer has to fit one frame of the seam, and a short page
with a cursor is legal."""

DAY_MS: Final = 86_400_000
UNIT_MS: Final = {"SECONDS": 1000, "MINUTES": 60_000, "HOURS": 3_600_000, "DAYS": DAY_MS}
MAX_TTL_MS: Final = 365 * DAY_MS
"""Longest time to live: one year (Forge documentation, "Key-Value Store API", August 2026)."""

REALMS: Final = ("Global", "AU", "CA", "CH", "DE", "EU", "GB", "IN", "JP", "KR", "SG", "US")
"""Regions that hosted storage can be pinned to (Forge documentation, "Data residency", August 2026)."""
