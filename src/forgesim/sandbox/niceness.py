"""How far a process lets others go first, where it and its children have sessions of their own.

The kernel shares processors out between sessions before it asks how nice the processes in them are (``sched(7)``, "The
autogroup feature"): what is started in a new session has to be as nice as a whole, or it is not nice to anybody.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

__all__ = ["be_nicer", "hand_down"]


def be_nicer(by: int) -> None:
    """Let others go first, by so many units of ``nice``; what this process starts does so too."""
    os.nice(by)
    hand_down(os.getpid())


def hand_down(pid: int) -> None:
    """Make the session that begins with this process as nice as this process is. Where the kernel has no such groups,
    or will not be told so again so soon (it takes one change in 100 ms from who is not root), all goes on, only
    slower."""
    if nice := os.nice(0):
        with suppress(OSError):
            Path(f"/proc/{pid}/autogroup").write_text(str(nice))
