"""Another process of the host."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from tests.escape.arena import Outcome
from tests.escape.witnesses.hidden import Secret

from forgesim.sandbox import kernel
from forgesim.sandbox.host import Worker

VICTIM = """\
import ctypes, os, sys
with open(sys.argv[2]) as file:
    kept = ctypes.create_string_buffer(file.read().encode())
    ctypes.CDLL(None).prctl(0x59616D61, ctypes.c_ulong(-1), 0, 0, 0)
    print(ctypes.addressof(kept), file.fileno(), flush=True)
    for line in sys.stdin:
        print(kept.value.decode(), flush=True)
"""


class Victim(Secret):
    """A process of the host's, with a secret in its arguments, environment, memory and open file. Gives its pid.

    It stays alive, untraced and tuned as it was, and the secret stays in it.
    """

    def hide(self) -> None:
        path = self.place.host / "secret"
        path.write_text(self.secret)
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", VICTIM, self.secret, str(path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={"SECRET": self.secret},
            text=True,
            start_new_session=True,
        )
        assert self._process.stdout
        self.address, self.descriptor = map(int, self._process.stdout.readline().split())
        self.given = (self._process.pid,)
        self._before = self._tuning()
        self._seen: str | None = None

    def _tuning(self) -> object:
        pid = self._process.pid
        status = Path(f"/proc/{pid}/status").read_text()
        traced = re.findall(r"TracerPid:\s*(\d+)", status)
        limits = Path(f"/proc/{pid}/limits").read_text()
        return (
            os.getpriority(os.PRIO_PROCESS, pid), os.sched_getaffinity(pid), os.sched_getscheduler(pid), limits, traced,
            kernel.call("ioprio_get", 1, pid),
        )  # fmt: skip

    def look(self, worker: Worker) -> None:
        if self._process.poll() is None and self._tuning() != self._before:
            self._seen = "the victim was traced or tuned"

    def harm(self, outcome: Outcome) -> str | None:
        if (said := super().harm(outcome)) is not None:
            return said
        with suppress(subprocess.TimeoutExpired):
            return f"the victim was ended: {self._process.wait(0.01)}"
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write("?\n")
        self._process.stdin.flush()
        if self._process.stdout.readline().strip() != self.secret:
            return "the victim's memory was changed"
        return self._seen

    def close(self) -> None:
        self._process.kill()
        self._process.communicate()


class VictimsMemory(Victim):
    """The same; gives its pid, the address of its secret and its length."""

    def hide(self) -> None:
        super().hide()
        self.given = (self._process.pid, self.address, len(self.secret))


class VictimsFile(Victim):
    """The same; gives its pid and the number of its open file."""

    def hide(self) -> None:
        super().hide()
        self.given = (self._process.pid, self.descriptor)
