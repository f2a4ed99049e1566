"""IP below TCP, with headers of its own making."""

from __future__ import annotations

from functools import partial

from tests.escape.needs import can_open
from tests.escape.witnesses.worker import HeldSocket

WITNESS = partial(HeldSocket, family=2)
NEEDS = can_open(2, 3, 1)


def attack() -> None:
    import socket

    globals()["kept"] = socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)
