"""Everything that the garbage collector knows."""

from __future__ import annotations

from tests.escape.witnesses.hidden import HostMemory

WITNESS = HostMemory
CONTROL = "child"


def attack() -> object:
    import gc

    return [repr(thing["kept"]) for thing in gc.get_objects() if type(thing) is dict and "kept" in thing]
