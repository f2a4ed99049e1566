"""Numbers of app logs (Forge documentation, "Invocation limits", August 2026)."""

from __future__ import annotations

from typing import Final

__all__ = ["LINES_PER_MINUTE", "MAX_BYTES"]

LINES_PER_MINUTE: Final = 100
"""Lines that an invocation may write per started minute of its timeout."""

MAX_BYTES: Final = 200 * 1024
"""Bytes that an invocation may write, lines together: the documentation's 200 KB."""
