"""The hook's closure, found by the garbage collector."""

from __future__ import annotations

from tests.escape.arms import checked, inet, libc
from tests.escape.witnesses.listeners import TcpListener

WITNESS = TcpListener


def attack(port: int) -> None:
    import gc
    import types

    for thing in gc.get_objects():
        if isinstance(thing, types.FunctionType) and thing.__module__ == "forgesim.guest.audit" and thing.__closure__:
            for cell in thing.__closure__:
                if isinstance(cell.cell_contents, frozenset):
                    cell.cell_contents = frozenset()

    library = libc()
    plug = checked(library.socket(2, 1, 0))
    checked(library.connect(plug, inet(port), 16))
