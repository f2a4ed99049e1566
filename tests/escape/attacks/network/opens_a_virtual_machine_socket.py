"""AF_VSOCK, the channel to the hypervisor."""

from __future__ import annotations

from functools import partial

from tests.escape.needs import can_open
from tests.escape.witnesses.worker import HeldSocket

WITNESS = partial(HeldSocket, family=40)
NEEDS = can_open(40, 1, 0)


def attack() -> None:
    import socket

    plug = socket.socket(40, 1, 0)
    globals()["kept"] = plug
