"""A header of no bytes."""

from __future__ import annotations

from functools import partial

from tests.escape.witnesses.seam import Accepted, framed

WITNESS = partial(Accepted, frame=lambda mark: framed(b"", mark))
SECONDS = 0.3


def attack(data: str) -> None:
    import os
    import threading

    os.write(3, bytes.fromhex(data))
    threading.Event().wait(0.2)
