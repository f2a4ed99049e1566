"""Whether one more invocation, or one more external request, is within the limits. Pure."""

from __future__ import annotations

from typing import NamedTuple

from forgesim.decision import Decision, allow, deny
from forgesim.platform.invocation import limits

__all__ = ["Standing", "external_allowed", "fits", "within"]

_FITS = allow("invocation", "within the limits")
EXCEEDED = "Limits for the current installation have been exceeded"
"""What users of apps report to have seen."""


class Standing(NamedTuple):
    """How far a rate is used up, and when it begins anew (epoch milliseconds)."""

    limit: int
    used: int
    ends_ms: int

    @property
    def remaining(self) -> int:
        return max(0, self.limit - self.used)

    def headers(self) -> dict[str, list[str]]:
        """What the platform adds to an answer (Forge documentation, "Invocation limits", August 2026)."""
        told = {"Limit": self.limit, "Remaining": self.remaining, "Reset": -(-self.ends_ms // 1000)}
        return {f"X-Ratelimit-{name}": [str(number)] for name, number in told.items()}


def fits(size_bytes: int, *, front_end: bool) -> Decision:
    """Whether a function may be called with so much. Rule: ``payload-size``."""
    most = limits.FRONT_END_BYTES if front_end else limits.REQUEST_BYTES
    if size_bytes <= most:
        return _FITS
    whose = "a call from the front end" if front_end else "an invocation"
    return deny("payload-size", f"{whose} carries at most {most:,} bytes, and this one {size_bytes:,}")


def within(*, by_user: int, in_minute: int, in_second: int) -> Decision:
    """Whether there may have been so many invocations in a minute by one user, in a minute and in a second by all of
    an installation. Rules: ``user-rate``, ``installation-rate``."""
    if by_user > limits.PER_USER_MINUTE:
        return deny("user-rate", f"{EXCEEDED}: {limits.PER_USER_MINUTE:,} invocations a minute and user")
    if in_minute > limits.PER_INSTALLATION_MINUTE:
        return deny("installation-rate", f"{EXCEEDED}: {limits.PER_INSTALLATION_MINUTE:,} invocations a minute")
    if in_second > limits.PER_INSTALLATION_SECOND:
        return deny("installation-rate", f"{EXCEEDED}: {limits.PER_INSTALLATION_SECOND} invocations a second")
    return _FITS


def external_allowed(timeout_s: float) -> int:
    """External requests for a timeout in seconds: 100 per started minute, at least 100."""
    return limits.EXTERNAL_PER_MINUTE * max(1, int(-(-timeout_s // 60)))
