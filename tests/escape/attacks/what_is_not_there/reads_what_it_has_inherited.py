"""Every descriptor that is open."""

from __future__ import annotations

from tests.escape.witnesses.hidden import HostDescriptor

WITNESS = HostDescriptor
CONTROL = "child"


def attack() -> object:
    import os

    found = []
    for fd in range(1000):
        try:
            found.append(os.pread(fd, 100, 0).decode("latin-1"))
        except OSError:
            continue
    return found
