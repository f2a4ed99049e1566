"""MSG_OOB, a corner of the kernel that nothing here needs."""

from __future__ import annotations

from functools import partial

from tests.escape.witnesses.seam import Accepted, whole

WITNESS = partial(Accepted, frame=whole)


def attack(data: str) -> None:
    import os
    import socket

    seam = socket.socket(fileno=os.dup(3))
    os.write(3, bytes.fromhex(data)[:-1])
    seam.send(bytes.fromhex(data)[-1:] + b"!", socket.MSG_OOB)
