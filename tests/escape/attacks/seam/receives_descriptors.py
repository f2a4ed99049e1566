"""recvmsg, by which the host's descriptors would come in."""

from __future__ import annotations

from functools import partial

from tests.escape.witnesses.seam import Accepted, whole

WITNESS = partial(Accepted, frame=whole)


def attack(data: str) -> None:
    import contextlib
    import os
    import socket

    seam = socket.socket(fileno=os.dup(3))
    seam.setblocking(False)
    with contextlib.suppress(BlockingIOError):
        seam.recvmsg(10, 100)
    os.write(3, bytes.fromhex(data))
