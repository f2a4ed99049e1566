"""An id of a hundred thousand digits."""

from __future__ import annotations

from functools import partial

from tests.escape.witnesses.seam import Accepted, framed, log_header

WITNESS = partial(
    Accepted, frame=lambda mark: framed(log_header(id=0).replace(b'"id":0', b'"id":' + b"9" * 100_000), mark)
)
SECONDS = 0.3


def attack(data: str) -> None:
    import os
    import threading

    os.write(3, bytes.fromhex(data))
    threading.Event().wait(0.2)
