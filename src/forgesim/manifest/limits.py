"""Numbers of the manifest, as Forge's documentation and its published validator had them in August 2026."""

from __future__ import annotations

from typing import Final

__all__ = [
    "ASYNC_TIMEOUT_S",
    "LONGEST_ADDRESS",
    "LONGEST_FUNCTION_KEY",
    "LONGEST_QUEUE",
    "MAX_INDEXES",
    "MAX_TIMEOUT_S",
    "MEMORY_MB",
    "UI_TIMEOUT_S",
]

UI_TIMEOUT_S: Final = 25
"""A resolver, or anything else that a page waits for."""
ASYNC_TIMEOUT_S: Final = 55
"""A web trigger, an event, a Rovo action; a consumer or schedule that names no ``timeoutSeconds``."""
MAX_TIMEOUT_S: Final = 900
MEMORY_MB: Final = 512
"""What a function may allocate where no ``memoryMB`` is written."""
LONGEST_FUNCTION_KEY: Final = 23
LONGEST_QUEUE: Final = 36
LONGEST_ADDRESS: Final = 1000
MAX_INDEXES: Final = 7
