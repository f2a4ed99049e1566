"""Frames, up to the first."""

from __future__ import annotations

from tests.escape.witnesses.hidden import HostMemory

WITNESS = HostMemory
CONTROL = "child"


def attack() -> object:
    import sys
    from typing import Any

    found = []
    frame: Any = sys._getframe()
    while frame is not None:
        found.append(repr(frame.f_globals.get("kept")))
        frame = frame.f_back
    return found
