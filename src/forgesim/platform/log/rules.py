"""How many lines an invocation may log, and whether one more fits. Pure."""

from __future__ import annotations

from forgesim.decision import Decision, allow, deny
from forgesim.platform.log.limits import LINES_PER_MINUTE, MAX_BYTES

__all__ = ["fits", "lines_allowed"]


def lines_allowed(timeout_s: float) -> int:
    """Lines for a timeout in seconds: 100 per started minute, at least 100."""
    return LINES_PER_MINUTE * max(1, int(-(-timeout_s // 60)))


def fits(lines: int, size_bytes: int, allowed: int) -> Decision:
    """Whether the invocation may have written ``lines`` lines of ``size_bytes`` bytes together.

    Rules: ``log-lines``, ``log-bytes``, ``log``.
    """
    if lines > allowed:
        return deny("log-lines", f"an invocation with this timeout may log {allowed} lines")
    if size_bytes > MAX_BYTES:
        return deny("log-bytes", f"an invocation may log {MAX_BYTES} bytes")
    return _FITS


_FITS = allow("log", "within the limits")
