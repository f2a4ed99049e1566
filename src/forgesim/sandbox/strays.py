"""Processes that descend from this one, and those among them that nobody knows of."""

from __future__ import annotations

import os
import signal
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path
from time import CLOCK_MONOTONIC, clock_gettime, sleep

from forgesim.sandbox import kernel

__all__ = ["Strays", "descendants"]

PR_SET_CHILD_SUBREAPER, PR_GET_CHILD_SUBREAPER = 36, 37
PATIENCE_S = 2.0
"""How long a killed process may take to go."""
_PAUSE_S = 0.002


def descendants(pid: int) -> set[int]:
    """The processes below ``pid`` that have not ended."""
    found: set[int] = set()
    with suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            with suppress(OSError):
                found |= {int(child) for child in (task / "children").read_text().split()}
    return {*(pid for pid in found if _runs(pid)), *(below for child in found for below in descendants(child))}


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in ("Z", "X")
    except OSError:
        return False


class Strays:
    """Watches for processes that outlive what they belong to, orphans too: while it is open, they come to this process
    and not to the machine's first one. ``close`` gives that back."""

    def __init__(self) -> None:
        self._was = _is_subreaper()
        kernel.prctl(PR_SET_CHILD_SUBREAPER, 1)
        self.know()

    def know(self) -> None:
        """Those that run now are no strays."""
        self._known = descendants(os.getpid())

    def take(self, besides: Collection[int] = ()) -> set[int]:
        """The strays that have not gone after a moment, ``besides`` these. They are ended."""
        known = self._known.union(besides)
        end = clock_gettime(CLOCK_MONOTONIC) + PATIENCE_S
        while found := descendants(os.getpid()) - known:
            if clock_gettime(CLOCK_MONOTONIC) >= end:
                break
            sleep(_PAUSE_S)
        for pid in found:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
            with suppress(ChildProcessError):
                os.waitpid(pid, 0)
        return found

    def close(self) -> None:
        kernel.prctl(PR_SET_CHILD_SUBREAPER, int(self._was))


def _is_subreaper() -> bool:
    import ctypes

    value = ctypes.create_string_buffer(4)
    kernel.call("prctl", PR_GET_CHILD_SUBREAPER, value, 0, 0, 0)
    return any(value.raw)
