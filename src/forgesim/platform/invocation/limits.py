"""Numbers of invocations (Forge documentation, "Invocation limits" and "Egress limits", August 2026)."""

from __future__ import annotations

from typing import Final

__all__ = [
    "EXTERNAL_PER_MINUTE", "FRONT_END_BYTES", "PER_INSTALLATION_MINUTE", "PER_INSTALLATION_SECOND",
    "PER_USER_MINUTE", "REQUEST_BYTES",
]  # fmt: skip

FRONT_END_BYTES: Final = 500_000
"""Payload of a call from the front end: 500 KB."""

REQUEST_BYTES: Final = 5_000_000
"""What any other invocation may be called with: 5 MB."""

PER_USER_MINUTE: Final = 1_200
PER_INSTALLATION_MINUTE: Final = 7_000
PER_INSTALLATION_SECOND: Final = 300
"""Invocations that users bring about."""

EXTERNAL_PER_MINUTE: Final = 100
"""Requests to other hosts of one invocation, per started minute of its timeout. Product requests do not count."""
