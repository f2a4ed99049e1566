"""A length that the host would have to wait and make room for."""

from __future__ import annotations

from functools import partial

from tests.escape.witnesses.seam import Accepted

WITNESS = partial(Accepted, frame=lambda mark: (1 << 31).to_bytes(4, "little") + bytes(4) + mark.encode())
SECONDS = 0.3


def attack(data: str) -> None:
    import os
    import threading

    os.write(3, bytes.fromhex(data))
    threading.Event().wait(0.2)
