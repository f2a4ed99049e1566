"""Where a site that was not generated lies, and when its clock starts."""

from __future__ import annotations

__all__ = ["DAY_MS", "host_of", "start_after"]

DAY_MS = 86_400_000


def host_of(name: str) -> str:
    """A host of Atlassian's cloud that is called like the site."""
    letters = "".join(char for char in name.lower() if char.isascii() and char.isalnum())[:40]
    return f"{letters or 'site'}.atlassian.net"


def start_after(newest_ms: int) -> int:
    """09:00 UTC on the day after."""
    return (newest_ms // DAY_MS + 1) * DAY_MS + 9 * 3_600_000
