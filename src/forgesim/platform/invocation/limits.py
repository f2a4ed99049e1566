"""Numbers of invocations (Forge documentation, "Invocation limits" and "Egress limits", August 2026)."""

from __future__ import annotations

from typing import Final

__all__ = [
    "EGRESS_PER_MINUTE", "EXTERNAL_PER_MINUTE", "FRONT_END_BYTES", "IMPERSONATIONS_PER_MINUTE", "NETWORK_PER_MINUTE",
    "PER_INSTALLATION_MINUTE", "PER_INSTALLATION_SECOND", "PER_USER_MINUTE", "REQUEST_BYTES",
]  # fmt: skip

FRONT_END_BYTES: Final = 500_000
"""Payload of a call from the front end: 500 KB."""

REQUEST_BYTES: Final = 5_000_000
"""What any other invocation may be called with: 5 MB."""

PER_USER_MINUTE: Final = 1_200
PER_INSTALLATION_MINUTE: Final = 7_000
PER_INSTALLATION_SECOND: Final = 300
"""Invocations that users bring about. Ours: calls of web triggers count too, but for that of a user; their answers tell
of a limit, and nothing says of which."""

EXTERNAL_PER_MINUTE: Final = 100
"""Requests to other hosts of one invocation, per started minute of its timeout. Product requests do not count."""

EGRESS_PER_MINUTE: Final = 50_000
"""Requests to other hosts of an app; here there is one installation of it."""

NETWORK_PER_MINUTE: Final = 100_000
"""Requests to products and other hosts together of an app on one site. That of an app on all its sites, 3,000,000, is
out of reach of one."""

IMPERSONATIONS_PER_MINUTE: Final = 1_000
"""Tokens of offline impersonation of an app. Ours: each request for somebody who did not bring the invocation about
takes one."""
