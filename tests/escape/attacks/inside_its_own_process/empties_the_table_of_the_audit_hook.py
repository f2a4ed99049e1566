"""The table that says which events are refused."""

from __future__ import annotations

from tests.escape.arms import checked, inet, libc
from tests.escape.witnesses.listeners import TcpListener

WITNESS = TcpListener


def attack(port: int) -> None:
    from forgesim.guest import audit

    table = vars(audit)["_DESCRIBE"]
    table.update(dict.fromkeys(table, lambda _: None))

    library = libc()
    plug = checked(library.socket(2, 1, 0))
    checked(library.connect(plug, inet(port), 16))
