"""What a Forge Invocation Token says of itself, and how endpoints are called (Forge documentation, "Forge Remote
essentials" and "Sending product events to a remote", August 2026)."""

from __future__ import annotations

from typing import Final

__all__ = [
    "ALGORITHM", "EVENT_S", "FAILED", "FRONT_END_S", "ISSUER", "KEY_BITS", "LIFE_S", "METHODS", "RETRY_S", "TIMED_OUT",
    "TOKEN_REFUSED",
]  # fmt: skip

ISSUER: Final = "forge/invocation-token"
ALGORITHM: Final = "RS256"
LIFE_S: Final = 25
"""Seconds that a token is valid: as long as a remote may take to answer."""
KEY_BITS: Final = 2048
"""The least that RS256 takes (RFC 7518, 3.3)."""

METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE")
"""What a front end may ask with; events and schedules come by POST."""
FRONT_END_S: Final = 25
EVENT_S: Final = 5
"""Seconds that a remote may take to answer a front end, and an event or a schedule."""
RETRY_S: Final = 60
"""Seconds until an event or a schedule is sent again, which was not answered with 2xx in time."""
FAILED: Final = "INVALID_REMOTE_INVOCATION_ERROR"
TIMED_OUT: Final = "TIMEOUT_ERROR"
TOKEN_REFUSED: Final = "INVALID_FORGE_INVOCATION_TOKEN"  # noqa: S105 - a reason, not a token
"""Reasons of that, as the event tells them."""
