"""Frames of the wire, below IP."""

from __future__ import annotations

from functools import partial

from tests.escape.needs import can_open
from tests.escape.witnesses.worker import HeldSocket

WITNESS = partial(HeldSocket, family=17)
NEEDS = can_open(17, 3, 768)


def attack() -> None:
    import socket

    plug = socket.socket(17, 3, 768)
    globals()["kept"] = plug
