"""sys.modules."""

from __future__ import annotations

from tests.escape.witnesses.hidden import HostMemory

WITNESS = HostMemory
CONTROL = "child"


def attack() -> object:
    import sys

    return repr(vars(sys.modules["__main__"]).get("kept"))
