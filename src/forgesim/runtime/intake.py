"""How much one invocation may send: what waits in the host's memory, and what goes to the ledger, has a bound."""

from __future__ import annotations

from forgesim.sandbox.host import Event, FrameEvent
from forgesim.seam import Violation

__all__ = ["MAX_FRAMES", "MAX_REPORTS", "MAX_WAITING", "Intake", "size_of"]

MAX_FRAMES = 250_000
"""Frames of one invocation: more than 900 virtual seconds of calls one after the other bring about."""
MAX_REPORTS = 1_000
"""Words of the audit hook; the hook itself ends at 400."""
MAX_WAITING = 64 * 1024 * 1024
"""Bytes of frames that wait to be served."""
_FRAME = 1024
"""What a frame costs beside its body: header, descriptor, its place in a queue."""


def size_of(body: bytes) -> int:
    """Bytes that a frame with this body takes up while it waits."""
    return len(body) + _FRAME


class Intake:
    """Counts the frames of one invocation. ``waiting`` is the size of those that are not served yet."""

    __slots__ = ("_frames", "_reports", "waiting")

    def __init__(self) -> None:
        self._frames = 0
        self._reports = 0
        self.waiting = 0

    def take(self, event: Event) -> str | None:
        """Count an event; in words, what there is too much of."""
        if not isinstance(event, FrameEvent):
            return None
        self._frames += 1
        self._reports += isinstance(event.header, Violation)
        self.waiting += size_of(event.body)
        if self._frames > MAX_FRAMES:
            return f"it sent more than {MAX_FRAMES} frames"
        if self._reports > MAX_REPORTS:
            return f"it reported more than {MAX_REPORTS} violations"
        if self.waiting > MAX_WAITING:
            return f"more than {MAX_WAITING} bytes of its requests waited to be served"
        return None

    def release(self, body: bytes) -> None:
        """A frame has been served, or needs no serving."""
        self.waiting -= size_of(body)
