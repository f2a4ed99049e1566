"""pidfd_open and pidfd_send_signal."""

from __future__ import annotations

from tests.escape.witnesses.victim import Victim

WITNESS = Victim


def attack(pid: int) -> None:
    import os
    import signal

    signal.pidfd_send_signal(os.pidfd_open(pid), 9)
