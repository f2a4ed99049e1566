"""Numbers of web triggers (Forge documentation, "Web trigger" and its API, August 2026)."""

from __future__ import annotations

from typing import Final

__all__ = ["CREATED_PER_MINUTE", "DELETED_PER_MINUTE", "LISTED_PER_MINUTE", "MINUTE_MS"]

LISTED_PER_MINUTE: Final = 1_000
CREATED_PER_MINUTE: Final = 500
DELETED_PER_MINUTE: Final = 500
MINUTE_MS: Final = 60_000
