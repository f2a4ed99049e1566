"""The host's end of a zygote: start it, hand it an app, have it fork."""

from __future__ import annotations

import fcntl
import marshal
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence, Sized
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from forgesim.errors import InternalError
from forgesim.sandbox.boot import COMMAND
from forgesim.sandbox.control import (
    Adopt,
    Adopted,
    Born,
    Failed,
    Gone,
    Message,
    Setup,
    Spawn,
    Walls,
    Watch,
    receive,
    send,
)
from forgesim.sandbox.niceness import hand_down
from forgesim.sandbox.places import import_path
from forgesim.sandbox.program import Program

__all__ = ["AppCode", "Zygote"]

_PATIENCE_S = 60.0
"""How long a zygote may take for one answer on a machine under load."""
_GRACE_S = 3.0
_REAPS_MS = 1000
_SEALS = fcntl.F_SEAL_SEAL | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_WRITE
"""An image never changes: workers of a program inherit its descriptor."""
_FLAGS = ("-s", "-P", "-S", "-B")
"""No user site, no script folder, no site, no byte code: nothing of this machine's Python set-up gets in."""
_ENVIRONMENT = {
    "PYTHONHASHSEED": "0",
    "LC_ALL": "C.UTF-8",
    # glibc hands big blocks back to the kernel and asks for them anew: each of their pages is a fault, in each worker.
    "MALLOC_MMAP_THRESHOLD_": "4194304",
    "MALLOC_TRIM_THRESHOLD_": "8388608",
    "MALLOC_TOP_PAD_": "524288",
}


class AppCode(Protocol):
    """As much of an app's image as a sandbox needs. ``digest`` tells images of one ``root`` apart.

    ``modules``: dotted name → (path relative to ``root``, is a package, marshalled code). ``functions``: manifest
    key → handler. ``units``: the coverage units. ``variables``: what it finds in its environment. ``patterns``: regular
    expressions and their flags, to compile ahead.
    ``dependencies``: whether installed packages may be read. ``memory_bytes``: what a worker may allocate, null for
    what the guest program gives. ``program``: what workers become where the app is not Python's to run, else null.
    """

    @property
    def root(self) -> Path: ...
    @property
    def modules(self) -> Mapping[str, tuple[str, bool, bytes]]: ...
    @property
    def functions(self) -> Mapping[str, str]: ...
    @property
    def units(self) -> Sized: ...
    @property
    def memory_bytes(self) -> int | None: ...
    @property
    def variables(self) -> Mapping[str, str]: ...
    @property
    def digest(self) -> str: ...
    @property
    def dependencies(self) -> bool: ...
    @property
    def patterns(self) -> Sequence[tuple[str | bytes, int]]: ...
    @property
    def program(self) -> Program | None: ...


class Zygote:
    """One zygote process. ``walls`` is what it found when it tried them."""

    def __init__(self, setup: Setup, *, namespaces: bool) -> None:
        mode = "ns" if namespaces else "plain"
        self.gone: list[Gone] = []
        self._namespaces = namespaces
        self._adopted = False
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._control.settimeout(_PATIENCE_S)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, *_FLAGS, "-c", COMMAND, str(theirs.fileno()), mode, *import_path()],
                env=_ENVIRONMENT,
                cwd="/",
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )
        hand_down(self._process.pid)
        self.pidfd = -1
        try:
            send(self._control, setup)
            self.walls, self.pidfd = self._await_walls()
        except BaseException:
            self.close()
            raise

    def _await_walls(self) -> tuple[Walls, int]:
        message, descriptors = self._answer()
        if not isinstance(message, Walls):
            raise InternalError(f"the zygote answered {message} when it was started")
        return message, descriptors[0]

    @property
    def ended(self) -> bool:
        """Whether its process is gone."""
        return self._process.poll() is not None

    def fileno(self) -> int:
        return self._control.fileno()

    def adopt(self, adopt: Adopt, image: AppCode) -> None:
        """Hand over the app."""
        fd = os.memfd_create("image", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
        try:
            with os.fdopen(os.dup(fd), "wb") as file:
                if image.program is None:
                    marshal.dump(_guest_fields(image), file)
                else:
                    file.write(image.program.payload)
            fcntl.fcntl(fd, fcntl.F_ADD_SEALS, _SEALS)
            send(self._control, adopt, [fd])
        finally:
            os.close(fd)
        message, _ = self._answer()
        if not isinstance(message, Adopted):
            raise InternalError(f"the zygote answered {message} to an app")
        self._adopted = True

    def fork(self, seam: int, *, mother: bool) -> tuple[int, int]:
        """A new worker with ``seam`` as the guest's end: its pid as the zygote sees it, and its pidfd."""
        try:
            send(self._control, Spawn(mother), [seam])
        except OSError as error:
            raise InternalError(f"the zygote is gone: {error.strerror}") from None
        message, descriptors = self._answer()
        if not isinstance(message, Born):
            raise InternalError(f"the zygote answered {message} to a fork")
        return message.pid, descriptors[0]

    def watch(self, pid: int, pidfd: int) -> None:
        """Have the zygote tell the end of a worker that was forked beside another."""
        told = select.poll()
        told.register(self._control, select.POLLIN)
        while told.poll(0) and self.read():
            pass  # one that waits for us to listen would not listen itself
        with suppress(OSError):  # it is gone, which its own end will tell
            send(self._control, Watch(pid), [pidfd])

    def read(self) -> bool:
        """Take in what the zygote tells by itself, into ``gone``; False where the zygote is gone."""
        try:
            message, _ = receive(self._control)
        except (EOFError, OSError):
            return False
        if isinstance(message, Gone):
            self.gone.append(message)
        return True

    def _answer(self) -> tuple[Message, list[int]]:
        """The answer to what was asked last. Raises InternalError where there is none."""
        while True:
            try:
                message, descriptors = receive(self._control)
            except EOFError:
                raise InternalError(f"the zygote ended with status {self._process.wait()}") from None
            except TimeoutError:
                raise InternalError(f"the zygote gave no answer in {_PATIENCE_S:.0f} s") from None
            if isinstance(message, Gone):
                self.gone.append(message)
            elif isinstance(message, Failed):
                raise InternalError(f"the zygote failed: {message.why}")
            else:
                return message, descriptors

    def kill_all(self) -> None:
        """End it with whatever was forked under it, known or not: none of them can leave its group."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)

    def close(self) -> None:
        """End the zygote and with it all its workers; waits until its process is gone."""
        self._control.close()
        if not self._namespaces and self._process.returncode is None:
            # A namespace ends with its first process; without one, the zygote ends its workers itself where it can.
            if self._adopted:
                _await(self.pidfd, _REAPS_MS)
            self.kill_all()  # nobody has waited for it yet: its group's number is still its own
        if self.pidfd >= 0:
            _end(self.pidfd)
            os.close(self.pidfd)
            self.pidfd = -1
        try:
            self._process.wait(_GRACE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def _await(pidfd: int, milliseconds: int) -> None:
    ended = select.poll()
    ended.register(pidfd, select.POLLIN)
    ended.poll(milliseconds)


def _end(pidfd: int) -> None:
    with suppress(ProcessLookupError):
        signal.pidfd_send_signal(pidfd, signal.SIGKILL)


def _guest_fields(image: AppCode) -> dict[str, object]:
    """The guest's part of an image, in values that marshal takes."""
    return {
        "modules": {name: (path, package, code) for name, (path, package, code) in image.modules.items()},
        "functions": dict(image.functions),
        "units": len(image.units),
        "root": str(image.root),
        "variables": dict(image.variables),
        "patterns": list(image.patterns),
    }
