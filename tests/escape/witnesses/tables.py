"""Tables of the kernel that show what outlives a process."""

from __future__ import annotations

import ctypes
import os
import re
import secrets
from collections.abc import Callable
from pathlib import Path

from tests.escape.arena import Outcome
from tests.escape.witnesses.base import Place, Witness

from forgesim.sandbox import kernel


class KernelTable(Witness):
    """A table of the kernel's in /proc: no entry of the attack's shows in it. Gives the key to use."""

    def __init__(self, place: Place, table: str, tidy: Callable[[int], None]) -> None:
        super().__init__(place)
        self._table, self._tidy = Path(table), tidy
        self._key = 0x46000000 + secrets.randbelow(1 << 20)
        self.given = (self._key,)

    def harm(self, outcome: Outcome) -> str | None:
        shown = self._table.read_text()
        return "the kernel's table shows it" if re.search(rf"\b{self._key}\b", shown) else None

    def close(self) -> None:
        self._tidy(self._key)


def _remove(kind: str, get: int) -> Callable[[int], None]:
    """Takes a System V object away by its key, with ``kindctl(id, …, IPC_RMID)``."""

    def tidy(key: int) -> None:
        libc = ctypes.CDLL(None)
        number = getattr(libc, f"{kind}get")(key, *([0] * get))
        if number >= 0:
            getattr(libc, f"{kind}ctl")(number, *([0, 0] if kind == "sem" else [0]), None)

    return tidy


class SharedMemory(KernelTable):
    """No segment of shared memory. Gives its key."""

    def __init__(self, place: Place) -> None:
        super().__init__(place, "/proc/sysvipc/shm", _remove("shm", 2))


class MessageTable(KernelTable):
    """No queue of messages. Gives its key."""

    def __init__(self, place: Place) -> None:
        super().__init__(place, "/proc/sysvipc/msg", _remove("msg", 1))


class SemaphoreTable(KernelTable):
    """No semaphores. Gives their key."""

    def __init__(self, place: Place) -> None:
        super().__init__(place, "/proc/sysvipc/sem", _remove("sem", 2))


class NamedSemaphore(Witness):
    """No semaphore in the folder of shared memory. Gives its name."""

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        name = f"/forgesim-{place.host.name}-{os.getpid()}"
        self.given = (name,)
        self._path = Path(f"/dev/shm/sem.{name[1:]}")

    def harm(self, outcome: Outcome) -> str | None:
        return "the semaphore is there" if self._path.exists() else None

    def close(self) -> None:
        self._path.unlink(missing_ok=True)


class MessageQueue(Witness):
    """No POSIX queue of messages, which the host would find by its name."""

    _NAME = b"forgesim-escape"

    def harm(self, outcome: Outcome) -> str | None:
        try:
            kernel.call("mq_unlink", self._NAME)
        except OSError:
            return None
        return "the queue is there"


class KernelKey(Witness):
    """No key in the kernel. Gives its name."""

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self._name = f"forgesim-{place.host.name}-{os.getpid()}"
        self.given = (self._name,)

    def harm(self, outcome: Outcome) -> str | None:
        found = re.search(rf"^(\w+).*\b{self._name}:", Path("/proc/keys").read_text(), re.MULTILINE)
        if not found:
            return None
        kernel.call("keyctl", 9, int(found[1], 16), -4)
        return "the kernel keeps the key"
