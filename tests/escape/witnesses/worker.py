"""The worker itself, as the host sees it."""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from tests.escape.arena import Outcome
from tests.escape.witnesses.base import Place, Witness

from forgesim.sandbox import kernel
from forgesim.sandbox.host import Worker


class Held(Witness):
    """What the worker's open files are, by the host's own look at them: none is of a kind that ``pattern`` names."""

    def __init__(self, place: Place, pattern: str, *given: Any) -> None:
        super().__init__(place)
        self.given = given
        self._pattern = re.compile(pattern)
        self._held: str | None = None

    def look(self, worker: Worker) -> None:
        if not worker.alive:
            return
        for link in Path(f"/proc/{worker.pid}/fd").iterdir():
            with suppress(OSError):
                if self._pattern.search(str(link.readlink())):
                    self._held = f"the worker holds {self._pattern.pattern}"

    def harm(self, outcome: Outcome) -> str | None:
        return self._held


class HeldSocket(Witness):
    """The worker's sockets, by copies that the host takes of them: none is of ``family``, none listens."""

    def __init__(self, place: Place, family: int) -> None:
        super().__init__(place)
        self._family = family
        self._held: str | None = None

    def look(self, worker: Worker) -> None:
        if not worker.alive:
            return
        pidfd = os.pidfd_open(worker.pid)
        for link in Path(f"/proc/{worker.pid}/fd").iterdir():
            with suppress(OSError):
                if str(link.readlink()).startswith("socket:"):
                    self._ask(kernel.pidfd_getfd(pidfd, int(link.name)))
        os.close(pidfd)

    def _ask(self, fd: int) -> None:
        with socket.socket(fileno=fd) as copy:
            family = copy.getsockopt(socket.SOL_SOCKET, socket.SO_DOMAIN)
            if family == self._family:
                self._held = f"the worker holds a socket of family {family}"

    def harm(self, outcome: Outcome) -> str | None:
        return self._held


class Status(Witness):
    """A line of the worker's ``/proc/PID/status``, by the host's look, as ``bad`` describes it."""

    def __init__(self, place: Place, field: str, bad: Callable[[str], bool]) -> None:
        super().__init__(place)
        self._field, self._bad = field, bad
        self._seen: str | None = None

    def look(self, worker: Worker) -> None:
        if not worker.alive:
            return
        text = Path(f"/proc/{worker.pid}/status").read_text()
        found = re.search(rf"^{self._field}:\s*(.*)$", text, re.MULTILINE)
        if found and self._bad(found[1]):
            self._seen = f"the worker's {self._field} shows it"

    def harm(self, outcome: Outcome) -> str | None:
        return self._seen


class OpenFiles(Witness):
    """How many files the worker has open: no more than its limit."""

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self._count = 0

    def look(self, worker: Worker) -> None:
        if worker.alive:
            self._count = sum(1 for _ in Path(f"/proc/{worker.pid}/fd").iterdir())

    def harm(self, outcome: Outcome) -> str | None:
        return "the worker has more files open than it may" if self._count > 256 else None


class Namespace(Witness):
    """Which namespace of ``kind`` the worker is in: that of its zygote."""

    def __init__(self, place: Place, kind: str) -> None:
        super().__init__(place)
        self._kind = kind
        self._moved: str | None = None

    def look(self, worker: Worker) -> None:
        if not worker.alive:
            return
        status = Path(f"/proc/{worker.pid}/status").read_text()
        parent = re.search(r"^PPid:\s*(\d+)$", status, re.MULTILINE)
        assert parent
        own, zygote = (Path(f"/proc/{pid}/ns/{self._kind}").readlink() for pid in (worker.pid, parent[1]))
        if own != zygote:
            self._moved = f"the worker is in a {self._kind} namespace of its own"

    def harm(self, outcome: Outcome) -> str | None:
        return self._moved


class Zygote(Witness):
    """The process that forks workers lives on."""

    def harm(self, outcome: Outcome) -> str | None:
        return "the zygote was ended" if outcome.ended == "died: its zygote ended" else None


class StillRunning(Witness):
    """The worker is stopped by its deadline. In the control there is none, and it still runs after that time."""

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self._alive = False

    def look(self, worker: Worker) -> None:
        self._alive = worker.alive

    def harm(self, outcome: Outcome) -> str | None:
        return "it never ends" if self._alive and outcome.result is None and outcome.error is None else None


def nobody(line: str) -> bool:
    """An id line of ``status`` that names the user or group 65534."""
    return "65534" in line.split()


def two_gigabytes(line: str) -> bool:
    """A size line over 1.5 GB: the zygote's own mappings are a part of it."""
    return int(line.split(maxsplit=1)[0]) > 1_500_000


def more_than_nothing(line: str) -> bool:
    return int(line.split(maxsplit=1)[0]) > 0


def crowd(line: str) -> bool:
    """More threads than a worker may have."""
    return int(line) > 1050


class HeldPidfd(Held):
    """No descriptor of a process. Gives the pid of the host's."""

    def __init__(self, place: Place) -> None:
        super().__init__(place, "pidfd", os.getpid())


class OwnLimits(Witness):
    """The worker's limits are those that it was given: no core file."""

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self._seen: str | None = None

    def look(self, worker: Worker) -> None:
        if worker.alive and re.search(
            r"^Max core file size\s+1\s", Path(f"/proc/{worker.pid}/limits").read_text(), re.MULTILINE
        ):
            self._seen = "the worker has set a limit"

    def harm(self, outcome: Outcome) -> str | None:
        return self._seen


class Personality(Witness):
    """The worker's personality is the plain one."""

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self._seen: str | None = None

    def look(self, worker: Worker) -> None:
        if worker.alive and int(Path(f"/proc/{worker.pid}/personality").read_text(), 16):
            self._seen = "the worker has another personality"

    def harm(self, outcome: Outcome) -> str | None:
        return self._seen


class ChangedRoot(Witness):
    """The worker's root folder is that of its zygote. Gives a path for a folder."""

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self.given = (str(place.host / "root"),)
        self._seen: str | None = None

    def look(self, worker: Worker) -> None:
        if worker.alive and str(Path(f"/proc/{worker.pid}/root").readlink()) == self.given[0]:
            self._seen = "the worker has another root"

    def harm(self, outcome: Outcome) -> str | None:
        return self._seen


class Mount(Witness):
    """Nothing is mounted at a path, in the worker's tree of mounts or in the host's. Gives the path."""

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self._path = place.host / "mount"
        self.given = (str(self._path),)
        self._seen: str | None = None

    def look(self, worker: Worker) -> None:
        for table in ("self", str(worker.pid)):
            with suppress(OSError):
                if str(self._path) in Path(f"/proc/{table}/mounts").read_text():
                    self._seen = "a file system was mounted"

    def harm(self, outcome: Outcome) -> str | None:
        return self._seen

    def close(self) -> None:
        if self._seen:
            kernel.call("umount2", str(self._path).encode(), 2)
