"""The same of the body."""

from __future__ import annotations

from functools import partial

from tests.escape.witnesses.seam import Accepted

WITNESS = partial(Accepted, frame=lambda mark: (2).to_bytes(4, "little") + b"\xff" * 4 + b"{}" + mark.encode())
SECONDS = 0.3


def attack(data: str) -> None:
    import os
    import threading

    os.write(3, bytes.fromhex(data))
    threading.Event().wait(0.2)
