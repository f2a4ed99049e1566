"""A reply, which only the host sends."""

from __future__ import annotations

from functools import partial

from tests.escape.witnesses.seam import Accepted, framed

WITNESS = partial(Accepted, frame=lambda mark: framed(b'{"t":"reply","id":1,"status":200,"headers":[],"now":0}', mark))
SECONDS = 0.3


def attack(data: str) -> None:
    import os
    import threading

    os.write(3, bytes.fromhex(data))
    threading.Event().wait(0.2)
