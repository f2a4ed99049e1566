"""AF_ALG, a large part of the kernel behind one socket."""

from __future__ import annotations

from functools import partial

from tests.escape.needs import can_open
from tests.escape.witnesses.worker import HeldSocket

WITNESS = partial(HeldSocket, family=38)
NEEDS = can_open(38, 5, 0)


def attack() -> None:
    import socket

    plug = socket.socket(38, 5, 0)
    globals()["kept"] = plug
