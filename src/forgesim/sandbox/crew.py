"""Further processes of forgesim, side by side, each with a job of its own; they share nothing but files."""

from __future__ import annotations

import gc
import os
import select
import selectors
import signal
import struct
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import IO, NamedTuple, Self

from forgesim.errors import InternalError
from forgesim.sandbox.niceness import hand_down

__all__ = ["Caller", "Crew", "Message", "Ran", "processors", "run_crew"]

_TICK_S = 0.5
_GRACE_S = 60.0
_LENGTH = struct.Struct("!Q")
_CHUNK = 1 << 16
_SAID = 2000
_COLLECT = (100_000, 20, 20)
"""As in the process that was called: sites are made, copied and dropped by the thousand things, and have no cycles."""


MOST_PROCESSORS = 8
"""Each process of a proof takes some 150 MB, with its guests."""


def processors() -> int:
    """How many processes may work side by side here."""
    return min(len(os.sched_getaffinity(0)), MOST_PROCESSORS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """How a process ended: its exit status, and what it printed; ``interrupted``: it was told to end early."""

    status: int
    out: bytes
    err: bytes
    interrupted: bool


def run_crew(module: str, jobs: Sequence[str], tick: Callable[[], None]) -> list[Ran]:
    """Run ``python -m module JOB`` for each job, and wait for all of them; ``tick`` is called meanwhile.

    SIGINT is passed on, once, and what they then print is waited for. Whatever else ends the wait ends them too.
    """
    started: list[subprocess.Popen[bytes]] = []
    try:
        started.extend(_start(module, job) for job in jobs)
        try:
            return [_wait(process, tick) for process in started]
        except KeyboardInterrupt:
            for process in started:
                with suppress(ProcessLookupError):
                    process.send_signal(signal.SIGINT)
            return [_wait(process, None) for process in started]
    finally:
        for process in started:
            _end(process)


def _start(module: str, job: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-P", "-m", module, job],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,  # a terminal's SIGINT comes to this process alone, which passes it on
    )


def _wait(process: subprocess.Popen[bytes], tick: Callable[[], None] | None) -> Ran:
    while True:
        try:
            out, err = process.communicate(timeout=_GRACE_S if tick is None else _TICK_S)
        except subprocess.TimeoutExpired:
            if tick is None:
                process.kill()
            else:
                tick()
        else:
            return Ran(status=process.returncode, out=out, err=err, interrupted=tick is None)


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(_GRACE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    for pipe in (process.stdout, process.stderr):
        if pipe is not None:
            pipe.close()


# --- processes that are talked to ---------------------------------------------------------------------------------


class Message(NamedTuple):
    """What a process of a crew says; its last is null: it has ended well."""

    member: int
    data: bytes | None


@dataclass(slots=True)
class _Member:
    process: subprocess.Popen[bytes]
    errors: IO[bytes]
    unread: bytearray = field(default_factory=bytearray)


class Crew:
    """Processes of one module that take messages and answer with messages, as many as are started.

    A module that is started so talks to a ``Caller``. A terminal's SIGINT is ours to pass on: each has a session of its
    own. On leaving the block all end.
    """

    def __init__(self, module: str) -> None:
        self._module = module
        self._members: dict[int, _Member] = {}
        self._count = 0
        self._selector = selectors.DefaultSelector()

    def __len__(self) -> int:
        return len(self._members)

    def start(self) -> int:
        """Start one more; its number."""
        errors = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the process
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", self._module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            start_new_session=True,
        )
        hand_down(process.pid)
        self._count += 1
        self._members[self._count] = _Member(process, errors)
        assert process.stdout is not None
        self._selector.register(process.stdout, selectors.EVENT_READ, self._count)
        return self._count

    def send(self, member: int, data: bytes) -> None:
        """Raises InternalError where it has ended, and should not have."""
        process = self._members[member].process
        assert process.stdin is not None
        try:
            process.stdin.write(_framed(data))
            process.stdin.flush()
        except BrokenPipeError:
            raise self._lost(member) from None

    def dismiss(self, member: int) -> None:
        """Nothing more is sent: it ends when it has done what it was sent."""
        stream = self._members[member].process.stdin
        assert stream is not None
        with suppress(BrokenPipeError):
            stream.close()

    def wait(self, timeout_s: float | None = None) -> list[Message]:
        """What they say next: at least one message; none only where ``timeout_s`` passes first. Raises InternalError
        where one ends as it should not."""
        found: list[Message] = []
        while not found:
            ready = self._selector.select(timeout_s)
            for key, _ in ready:
                found += self._read(key.data)
            if not ready and timeout_s is not None:
                break
        return found

    def _read(self, number: int) -> list[Message]:
        member = self._members[number]
        assert member.process.stdout is not None
        data = os.read(member.process.stdout.fileno(), _CHUNK)
        member.unread += data
        found = []
        while (whole := _whole(member.unread)) is not None:
            found.append(Message(number, whole))
        if not data:
            if member.process.wait() != 0:
                raise self._lost(number)
            self._let_go(number)
            found.append(Message(number, None))
        return found

    def _lost(self, number: int) -> InternalError:
        member = self._members[number]
        status = member.process.wait()
        member.errors.seek(0)
        said = member.errors.read().decode("utf-8", "replace").strip()[-_SAID:]
        self._let_go(number)
        return InternalError(f"a process of forgesim ended with status {status}{f': {said}' if said else ''}")

    def _let_go(self, number: int) -> None:
        member = self._members.pop(number)
        assert member.process.stdout is not None
        self._selector.unregister(member.process.stdout)
        assert member.process.stdin is not None
        with suppress(BrokenPipeError):
            member.process.stdin.close()
        _end(member.process)
        member.errors.close()

    def close(self) -> None:
        """End them all."""
        for member in self._members.values():
            with suppress(ProcessLookupError):
                member.process.terminate()  # all at once, and then wait for each
        for number in [*self._members]:
            self._let_go(number)
        self._selector.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _whole(unread: bytearray) -> bytes | None:
    """Take the first message off, where all of it is there."""
    if len(unread) < _LENGTH.size:
        return None
    end = _LENGTH.size + _LENGTH.unpack_from(unread)[0]
    if len(unread) < end:
        return None
    data = bytes(unread[_LENGTH.size : end])
    del unread[:end]
    return data


def _framed(data: bytes) -> bytes:
    return _LENGTH.pack(len(data)) + data


class Caller:
    """The other end, in a process of a crew: who started it. What is printed meanwhile goes to standard error."""

    def __init__(self) -> None:
        self._out = os.dup(1)
        os.dup2(2, 1)
        gc.set_threshold(*_COLLECT)
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))

    def read(self) -> bytes | None:
        """The next message; null where there are no more."""
        head = self._take(_LENGTH.size)
        return None if head is None else self._take(_LENGTH.unpack(head)[0])

    def is_waiting(self) -> bool:
        """Whether there is a message to read, or the end of them, at once."""
        return bool(select.select([0], [], [], 0)[0])

    def say(self, data: bytes) -> None:
        left = memoryview(_framed(data))
        while left:
            left = left[os.write(self._out, left) :]

    def _take(self, size: int) -> bytes | None:
        data = b""
        while len(data) < size:
            more = os.read(0, size - len(data))
            if not more:
                return None
            data += more
        return data
