"""The kernel's own messages: routes, interfaces, audit."""

from __future__ import annotations

from functools import partial

from tests.escape.needs import can_open
from tests.escape.witnesses.worker import HeldSocket

WITNESS = partial(HeldSocket, family=16)
NEEDS = can_open(16, 3, 0)


def attack() -> None:
    import socket

    plug = socket.socket(16, 3, 0)
    globals()["kept"] = plug
