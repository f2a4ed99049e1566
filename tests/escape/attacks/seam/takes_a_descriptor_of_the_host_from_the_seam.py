"""SO_PEERPIDFD hands out a descriptor of the process at the other end."""

from __future__ import annotations

from functools import partial

from tests.escape.needs import pidfd_of_peer
from tests.escape.witnesses.worker import Held

WITNESS = partial(Held, pattern=r"pidfd")
NEEDS = pidfd_of_peer


def attack() -> object:
    import os
    import socket

    seam = socket.socket(fileno=os.dup(3))
    return seam.getsockopt(socket.SOL_SOCKET, 77)
