"""SCM_RIGHTS beside a frame that the host takes."""

from __future__ import annotations

from functools import partial

from tests.escape.witnesses.seam import Accepted, whole

WITNESS = partial(Accepted, frame=whole)


def attack(data: str) -> None:
    import array
    import os
    import socket

    seam = socket.socket(fileno=os.dup(3))
    null = os.open("/dev/null", os.O_RDONLY)
    seam.sendmsg([bytes.fromhex(data)], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [null]))])
