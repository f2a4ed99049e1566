"""Frames: what the host takes as one."""

from __future__ import annotations

import json
from collections.abc import Callable

from tests.escape.arena import Outcome
from tests.escape.witnesses.base import Place
from tests.escape.witnesses.hidden import Secret

from forgesim.seam import Fetch, pack


class Accepted(Secret):
    """A frame that carries a mark: the host does not take it as one. ``frame`` builds it; in the control it is whole.

    Gives the bytes, in hex, that the attack writes to the seam.
    """

    def __init__(self, place: Place, frame: Callable[[str], bytes]) -> None:
        self._frame = frame
        super().__init__(place)

    def hide(self) -> None:
        whole = pack(Fetch(0, "inv-1", "token", {"type": "log"}, "info", "POST"), self.secret.encode())
        data = self._frame(self.secret) if self.place.confined else whole
        self.given = (data.hex(),)

    def harm(self, outcome: Outcome) -> str | None:
        return "the host took the frame" if super().harm(outcome) else None


def whole(mark: str) -> bytes:
    """A log frame as the host takes it."""
    return pack(Fetch(0, "inv-1", "token", {"type": "log"}, "info", "POST"), mark.encode())


def log_header(**changed: object) -> bytes:
    """The header of a log frame with some fields changed, also to what the seam does not allow."""
    fields = {"t": "fetch", "id": 0, "inv": "inv-1", "token": "token", "descriptor": {"type": "log"}, "path": "info"}
    return json.dumps(fields | changed, separators=(",", ":")).encode()


def framed(header: bytes, mark: str) -> bytes:
    """Any header, with the mark as its body."""
    return len(header).to_bytes(4, "little") + len(mark).to_bytes(4, "little") + header + mark.encode()
