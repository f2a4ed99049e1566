"""A lone surrogate, which no file could hold."""

from __future__ import annotations

from functools import partial

from tests.escape.witnesses.seam import Accepted, framed, log_header

WITNESS = partial(Accepted, frame=lambda mark: framed(log_header(path="info").replace(b"info", b"\\ud800"), mark))
SECONDS = 0.3


def attack(data: str) -> None:
    import os
    import threading

    os.write(3, bytes.fromhex(data))
    threading.Event().wait(0.2)
