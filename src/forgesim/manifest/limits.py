"""Numbers of the manifest, as Forge's documentation and its published validator had them in August 2026."""

from __future__ import annotations

from typing import Final

__all__ = [
    "ASYNC_TIMEOUT_S",
    "ENTITY_NAME",
    "INDEX_NAME",
    "LONGEST_ADDRESS",
    "LONGEST_ATTRIBUTE",
    "LONGEST_FUNCTION_KEY",
    "LONGEST_QUEUE",
    "MAX_ATTRIBUTES",
    "MAX_ENTITIES",
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
MAX_ENTITIES: Final = 20
"""Refused by the server at deploy beyond this (reported from a live site, 2026-10-09)."""
MAX_ATTRIBUTES: Final = 50
MAX_INDEXES: Final = 7
"""Of one entity; ``by-key``, which is always there, is not counted."""
ENTITY_NAME: Final = (3, 60)
INDEX_NAME: Final = (3, 50)
"""Characters; the server refuses others at deploy (reported from a live site, 2026-10-09)."""
LONGEST_ATTRIBUTE: Final = 30
