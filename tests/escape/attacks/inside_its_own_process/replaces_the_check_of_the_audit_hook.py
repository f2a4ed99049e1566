"""The method that refuses, on the hook's own class."""

from __future__ import annotations

from tests.escape.arms import checked, inet, libc
from tests.escape.witnesses.listeners import TcpListener

WITNESS = TcpListener


def attack(port: int) -> None:
    from forgesim.guest import audit

    vars(audit)["_Auditor"].check = lambda *_: None
    import gc

    for thing in gc.get_objects():
        if type(thing).__name__ == "_Auditor":
            thing._what = lambda *_: None

    library = libc()
    plug = checked(library.socket(2, 1, 0))
    checked(library.connect(plug, inet(port), 16))
