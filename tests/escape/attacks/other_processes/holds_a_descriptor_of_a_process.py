"""pidfd_open by itself: a handle on the host's process."""

from __future__ import annotations

from tests.escape.witnesses.worker import HeldPidfd

WITNESS = HeldPidfd


def attack(pid: int) -> object:
    import os

    return os.pidfd_open(pid)
