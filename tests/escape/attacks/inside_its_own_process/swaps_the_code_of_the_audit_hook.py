"""The hook does something else from then on."""

from __future__ import annotations

from tests.escape.arms import checked, inet, libc
from tests.escape.witnesses.listeners import TcpListener

WITNESS = TcpListener


def attack(port: int) -> None:
    import gc
    import types

    for thing in gc.get_objects():
        if isinstance(thing, types.FunctionType) and thing.__qualname__.endswith("_Auditor._what"):
            thing.__code__ = (lambda self, event, args: None).__code__

    library = libc()
    plug = checked(library.socket(2, 1, 0))
    checked(library.connect(plug, inet(port), 16))
