"""A worker as its host sees it: a seam, a pidfd, a kernel witness. Nothing that it says is trusted."""

from __future__ import annotations

import errno
import os
import signal
import socket
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from forgesim.sandbox import kernel, witness
from forgesim.sandbox.events import DiedEvent, Event, FrameEvent, OverdueEvent, ProtocolEvent, WitnessEvent
from forgesim.sandbox.loop import READ, WRITE, Loop
from forgesim.sandbox.program import LOAD
from forgesim.sandbox.worker import GO
from forgesim.seam import Boot, Fatal, FrameError, FrameReader, FromGuest, decode_from_guest

__all__ = ["MAX_REFUSALS", "MAX_THREADS", "MAX_UNSENT", "Descent", "Worker", "ending"]

MAX_REFUSALS = 2000
"""Refused system calls after which a worker is killed: an app in a loop must not fill the ledger."""
MAX_THREADS = 1024
"""Threads of one worker, Lambda's number: more cost the host memory that no limit of the worker's counts."""
MAX_UNSENT = 64 * 1024 * 1024
"""Bytes that may wait for a guest that does not read."""
_READ_SIZE = 64 * 1024


class Descent(NamedTuple):
    """What a worker has from the mother that forked it: her ``listener``, and its pid as this host and as it itself
    sees it."""

    listener: int
    pid: int
    own_pid: int


class Worker:
    """One guest process with one app. ``id`` is unique in its sandbox; ``program`` says that it becomes Node.

    It starts by itself: the first event to expect is a FrameEvent with Ready. ``born``: it was forked by a worker, and
    stands behind her walls. ``report`` takes its events (null: they are the loop's), ``route`` its system calls that
    wait (null: it answers them itself).
    """

    __slots__ = (
        "_alive", "_born", "_executes", "_hung_up", "_listener", "_loads", "_loop", "_on_end", "_out", "_pidfd",
        "_reader", "_refusals", "_report", "_route", "_seam", "_walled", "id", "program",
    )  # fmt: skip

    def __init__(
        self,
        *,
        number: int,
        loop: Loop,
        seam: socket.socket,
        pidfd: int,
        confined: bool,
        program: bool,
        on_end: Callable[[Worker], None],
        born: Descent | None = None,
        report: Callable[[Event], None] | None = None,
        route: Callable[[witness.Notice], None] | None = None,
    ) -> None:
        self.id = number
        self.program = program
        self._loop, self._seam, self._pidfd, self._on_end = loop, seam, pidfd, on_end
        self._alive = True
        self._born = born
        self._report = report or loop.tell
        self._route = route or self.on_notice
        self._walled = not confined or born is not None
        self._executes = program and confined
        self._loads = False
        self._hung_up = False
        self._reader = FrameReader()
        self._out = bytearray()
        self._listener = -1 if born is None else born.listener
        self._refusals = 0
        seam.setblocking(False)
        loop.add(seam.fileno(), self._on_seam)

    @property
    def alive(self) -> bool:
        """False once it has been killed or closed, or its end has been reported."""
        return self._alive

    @property
    def pid(self) -> int:
        """The process id as this host sees it; -1 once the process is gone."""
        if not self._alive:
            return -1
        lines = Path(f"/proc/self/fdinfo/{self._pidfd}").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("Pid:"))

    @property
    def pidfd(self) -> int:
        return self._pidfd

    @property
    def listener(self) -> int:
        """Where its system calls wait that were refused; -1 where there is no such place."""
        return self._listener

    def send(self, data: bytes) -> None:
        """Send frames. What the guest does not take at once goes out while ``Sandbox.wait`` runs.

        A worker that has ended takes nothing; its end is an event of its own.
        """
        if self._out:
            self._queue(data)
            return
        if not self._alive:
            return
        try:
            sent = self._seam.send(data, socket.MSG_NOSIGNAL)
        except BlockingIOError:
            sent = 0
        except (BrokenPipeError, ConnectionResetError):
            return
        if sent < len(data):
            self._queue(data[sent:])

    def load(self) -> None:
        """Have a program load its app, which it does once told to; a Python guest does so by itself."""
        self._loads = True
        if self._walled:
            self.send(LOAD)

    def set_deadline(self, seconds: float | None) -> None:
        """Kill it and report OverdueEvent ``seconds`` of real time from now; null takes the deadline off."""
        self._loop.set_deadline(self._is_overdue, seconds if self._alive else None)

    def freeze(self) -> None:
        """Stop all its threads, as between invocations on Forge."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    def strike(self) -> None:
        """End it now, and tell so as any other end."""
        self._signal(signal.SIGKILL)

    def kill(self) -> None:
        """End it now; ``wait`` reports nothing about it any more."""
        self.close()

    def close(self) -> None:
        """The same as kill; a closed worker may be closed again."""
        if not self._alive:
            return
        self._signal(signal.SIGKILL)
        self._alive = False
        self._out.clear()
        self._loop.set_deadline(self._is_overdue, None)
        self._loop.remove(self._seam.fileno())
        self._seam.close()
        self._drop_listener()
        os.close(self._pidfd)
        self._on_end(self)

    def end(self, why: str) -> None:
        """Its process has ended: report what it still said, then that."""
        while self._receive():
            pass
        if self._alive:
            self.close()
            self._report(DiedEvent(self, why))

    def _signal(self, number: signal.Signals) -> None:
        if self._alive:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._pidfd, number)

    # --- the seam -------------------------------------------------------------------------------------------

    def _on_seam(self, mask: int) -> None:
        if mask & WRITE:
            self._flush()
        if mask & ~WRITE:
            self._receive()
            if self._hung_up and self._alive:
                self._loop.remove(self._seam.fileno())
                self._signal(signal.SIGKILL)  # its end follows; one that only closed its seam is of no use

    def _receive(self) -> bool:
        """Read once; False where nothing came."""
        try:
            data = self._seam.recv(_READ_SIZE)
        except BlockingIOError:
            return False
        except ConnectionResetError:
            data = b""
        if not data:
            self._hung_up = True
            return False
        report = self._report
        try:
            for header, body in self._reader.feed(data):
                frame = decode_from_guest(header)
                if self._walled and frame.__class__ is not Boot:
                    report(FrameEvent(self, frame, body))
                else:
                    self._on_start(frame)
                    if not self._alive:
                        break
        except FrameError as error:
            self._break(str(error))
        return self._alive

    def _on_start(self, frame: FromGuest) -> None:
        """Boot with a listener, then Boot without one once the self-test has passed; the app comes after
        that.
        """
        if self._walled or not isinstance(frame, Boot | Fatal):
            self._break(f"{type(frame).__name__} at the wrong time")
        elif isinstance(frame, Fatal):
            self._report(FrameEvent(self, frame, b""))
        elif frame.listener < 0:
            self._walled = True
            if self._loads:
                self.send(LOAD)
        else:
            self._take_listener(frame.listener)

    def _take_listener(self, descriptor: int) -> None:
        try:
            self._listener = kernel.pidfd_getfd(self._pidfd, descriptor)
        except OSError as error:
            self._break(f"its kernel witness cannot be taken over: {error.strerror}")
            return
        self._loop.add(self._listener, self._on_refusal)
        self.send(GO)

    def _break(self, why: str) -> None:
        if self._alive:
            self.close()
            self._report(ProtocolEvent(self, why))

    def _is_overdue(self) -> None:
        if self._alive:
            self.close()
            self._report(OverdueEvent(self))

    def _queue(self, data: bytes) -> None:
        if not self._out:
            self._loop.change(self._seam.fileno(), READ | WRITE)
        self._out += data
        if len(self._out) > MAX_UNSENT:
            self._break(f"it left {MAX_UNSENT} bytes unread")

    def _flush(self) -> None:
        with suppress(BlockingIOError):
            try:
                del self._out[: self._seam.send(self._out, socket.MSG_NOSIGNAL)]
            except (BrokenPipeError, ConnectionResetError):
                self._out.clear()
        if not self._out:
            self._loop.change(self._seam.fileno(), READ)

    # --- the kernel witness ---------------------------------------------------------------------------------

    def _on_refusal(self, mask: int) -> None:
        if not mask & READ:
            self._drop_listener()
            return
        notice = witness.receive(self._listener)
        if notice is not None:
            self._route(notice)

    def on_notice(self, notice: witness.Notice) -> None:
        """Answer a system call of its that waits."""
        if not self._walled:
            self._receive()  # the word that the self-test is over may lie there unread
        if not self._alive:
            return
        if not self._walled:
            witness.refuse(self._listener, notice)
            return
        if self._executes and notice.call == "execve":
            self._executes = False
            witness.let_pass(self._listener, notice)
            return
        if witness.makes_thread(notice):
            self._on_thread(notice)
            return
        if self._born is not None and witness.is_harmless(notice, self._born.own_pid):
            witness.let_pass(self._listener, notice)
            return
        self._report(WitnessEvent(self, notice.call, witness.describe(notice)))
        if not self.alive:
            return  # who was told has ended it
        self._refusals += 1
        if self._refusals > MAX_REFUSALS:
            self._break(f"more than {MAX_REFUSALS} system calls were refused")
        elif not witness.give_decoy(self._listener, notice):
            witness.refuse(self._listener, notice)

    def _on_thread(self, notice: witness.Notice) -> None:
        """One more thread. Calls that go on are counted a moment later, so there may be twice as many at most."""
        try:
            threads = Path(f"/proc/{self.pid}/task").stat().st_nlink - 2
        except (OSError, StopIteration):
            threads = 0  # it is ending
        if threads < MAX_THREADS:
            witness.let_pass(self._listener, notice)
            return
        self._report(WitnessEvent(self, notice.call, f"more than {MAX_THREADS} threads"))
        if not self.alive:
            return
        self._refusals += 1
        if self._refusals > MAX_REFUSALS:
            self._break(f"more than {MAX_REFUSALS} system calls were refused")
        else:
            witness.refuse(self._listener, notice, errno.EAGAIN)

    def _drop_listener(self) -> None:
        if self._listener >= 0 and self._born is None:
            self._loop.remove(self._listener)
            os.close(self._listener)
        self._listener = -1


_NODE_GIVES_UP = {
    signal.SIGTRAP: "as V8 ends a process that gets no memory: its heap is full, or the walls leave none for a thread",
    signal.SIGABRT: "as Node ends itself when its heap is full",
}
"""What two signals mean that Node sends itself; both were seen, and neither comes with a word of its own."""


def ending(status: int, *, program: bool = False) -> str:
    """How a process ended, from the status that waitpid gave. ``program``: whether it was Node."""
    code = os.waitstatus_to_exitcode(status)
    if code >= 0:
        return f"ended with status {code}"
    if -code not in signal.Signals._value2member_map_:  # one of the real-time signals
        return f"killed by signal {-code}"
    name = signal.Signals(-code)
    told = f": {_NODE_GIVES_UP[name]}" if program and name in _NODE_GIVES_UP else ""
    return f"killed by {name.name}{told}"
