"""A worker that has imported its app and serves nobody: it forks those that do.

Walls and import are most of a fresh worker's start, and come out the same each time. A child of hers is as fresh as
one that the zygote forks: it has run what the app runs at import, and nothing else. The filter refuses a fork as it
always does; the host lets one pass for each that it has asked for. The child gets no further than its first call before
the host has looked at it: nothing may be open in it that it would share with another, and she has no memory that it
could. Then it has a seam and standard streams of its own in place of hers. To the kernel it is a child of the zygote,
which tells how it ends: she learns nothing of it, and so neither do those that she forks later.
"""

from __future__ import annotations

import os
import re
import select
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from time import CLOCK_MONOTONIC, clock_gettime
from typing import NamedTuple

from msgspec.structs import replace

from forgesim.sandbox import kernel, witness
from forgesim.sandbox.events import Event, FrameEvent, WitnessEvent
from forgesim.sandbox.handle import Descent, Worker
from forgesim.sandbox.worker import SEAM
from forgesim.seam import Fork, Ready, Violation, pack

__all__ = ["Child", "LostChildError", "Mother"]

_IMPORT_S, _PATIENCE_S = 60.0, 10.0
"""How long an import may take, and a fork, on a machine under load."""
_SLOW_S = 2.0
"""A fork that takes longer is her last."""
_OPEN = frozenset(str(number) for number in range(SEAM + 1))
_TOLD = re.compile(r"^(Tgid|PPid|Threads|NSpid):\s*(.*)$", re.MULTILINE)


class LostChildError(Exception):
    """A process was forked that the host could not look at."""


class Child(NamedTuple):
    """A worker that was forked: its pidfd, and what its handle has to know of its birth."""

    pidfd: int
    born: Descent


class Mother:
    """``start`` makes the worker, given what takes its events and its system calls that wait. ``workers`` are the ones
    that it has forked, by their pid as this host sees it.

    She forks no more once she does anything but import and fork: what goes wrong is a matter for workers of the
    zygote's own.
    """

    def __init__(self, start: Callable[[Callable[[Event], None], Callable[[witness.Notice], None]], Worker]) -> None:
        self.workers: dict[int, Worker] = {}
        self._told: list[Event] = []
        self._ready = self._spoilt = False
        self._pid = -1
        self._zygote: str | None = None
        self._worker = start(self._hear, self._route)
        self._worker.set_deadline(_IMPORT_S)

    @property
    def forks(self) -> bool:
        """Whether she can be asked for a child."""
        return self._ready and not self._spoilt and self._worker.listener >= 0

    def told_by(self, worker: Worker) -> Iterator[Event]:
        """What a child of hers would tell of the import, had it been its own."""
        return (replace(event, worker=worker) for event in self._told)

    def fork(self, seam: int) -> Child | None:
        """A child with ``seam`` as its end; null where there is none to be had, then or later.

        Raises LostChildError where a process was made that did not come forward: whoever holds her zygote ends all
        that are of it.
        """
        until = clock_gettime(CLOCK_MONOTONIC) + _PATIENCE_S
        self._worker.send(pack(Fork()))
        asks = self._next(until, lambda notice: notice.thread == self._pid)
        if asks is None or not (witness.makes_process(asks) and _threads(self._pid) == 1 and _is_apart(self._pid)):
            self.close()
            return None
        witness.let_pass(self._worker.listener, asks)
        first = self._next(until, _comes_forward)
        if first is None:
            raise LostChildError
        try:
            pidfd = os.pidfd_open(first.thread)  # while its call waits, its number is its own
        except OSError as error:
            raise LostChildError from error
        born = self._seated(first, seam)
        if born is None:  # whoever this is, the process that was forked may be another
            os.close(pidfd)
            raise LostChildError
        self._spoilt = clock_gettime(CLOCK_MONOTONIC) > until - _PATIENCE_S + _SLOW_S
        return Child(pidfd, born)

    def close(self) -> None:
        """End her, and with her all whom she forked: nobody would answer their calls any more."""
        self._spoilt = True
        self._worker.close()
        for worker in self.workers.values():
            worker.strike()

    # --- inside ---------------------------------------------------------------------------------------------------

    def _hear(self, event: Event) -> None:
        match event:
            case FrameEvent(header=Ready()) if not self._ready:
                self._ready, self._pid = True, self._worker.pid
                self._zygote = _told(self._pid).get("PPid")
                self._worker.set_deadline(None)
            case FrameEvent(header=Violation()) if not self._ready:
                pass
            case WitnessEvent() if not self._ready and event.call not in witness.ASKED:
                pass
            case _:
                self.close()
                return
        self._told.append(event)

    def _route(self, notice: witness.Notice) -> None:
        """A call that waits, of hers or of a child's."""
        worker = self._owner(notice.thread)
        if worker is not None:
            worker.on_notice(notice)
        else:
            witness.refuse(self._worker.listener, notice)

    def _owner(self, thread: int) -> Worker | None:
        if (worker := self.workers.get(thread)) is not None:
            return worker
        if thread == self._pid or not self._ready:
            return self._worker
        group = int(_told(thread).get("Tgid", -1))
        return self._worker if group == self._pid else self.workers.get(group)

    def _next(self, until: float, wanted: Callable[[witness.Notice], bool]) -> witness.Notice | None:
        """The next call of hers, or of one that is nobody's yet, which is ``wanted``; null where she ends, or the time.
        Others of them are refused: one that is being killed may still have made one."""
        waiting = select.poll()
        waiting.register(self._worker.listener, select.POLLIN)
        waiting.register(self._worker.pidfd, select.POLLIN)
        while (left := until - clock_gettime(CLOCK_MONOTONIC)) > 0:
            for descriptor, _ in waiting.poll(left * 1000):
                if descriptor == self._worker.pidfd:
                    return None
                notice = witness.receive(self._worker.listener)
                if notice is None:
                    continue
                owner = self._owner(notice.thread)
                if owner is not None and owner is not self._worker:
                    owner.on_notice(notice)
                elif wanted(notice):
                    return notice
                else:
                    witness.refuse(self._worker.listener, notice)
        return None

    def _seated(self, first: witness.Notice, seam: int) -> Descent | None:
        """Put what is its own into a child, and let it go on; null where it is not as it has to be."""
        listener, pid = self._worker.listener, first.thread
        told = _told(pid)
        if pid == self._pid or told.get("PPid") != self._zygote or told.get("Threads") != "1" or not _is_apart(pid):
            return None
        own_pid = int(told.get("NSpid", str(pid)).split()[-1])
        try:
            with Path(os.devnull).open("r+b", buffering=0) as null:
                for number in range(SEAM):
                    witness.put_descriptor(listener, first, null.fileno(), number)
            witness.put_descriptor(listener, first, seam, SEAM)
        except OSError:
            return None
        witness.let_pass(listener, first)
        return Descent(listener, pid, own_pid)


def _comes_forward(notice: witness.Notice) -> bool:
    """Whether this is a child's first call, which has the kernel end it with its parent, the zygote."""
    return notice.call == "prctl" and notice.args[:2] == (kernel.PR_SET_PDEATHSIG, kernel.SIGKILL)


def _threads(pid: int) -> int:
    try:
        return os.stat(f"/proc/{pid}/task").st_nlink - 2  # noqa: PTH116 - each worker's start waits for it
    except OSError:
        return 0


def _told(pid: int) -> dict[str, str]:
    """What ``/proc`` tells of a process: ``Tgid``, ``PPid``, ``Threads``, ``NSpid``; nothing where it is gone."""
    with suppress(OSError), open(f"/proc/{pid}/status", errors="replace") as file:  # noqa: PTH123 - as above
        return dict(_TOLD.findall(file.read()))
    return {}


def _is_apart(pid: int) -> bool:
    """Whether nothing is open in a child but what is put in place anew: another could have it too."""
    try:
        return _OPEN.issuperset(os.listdir(f"/proc/{pid}/fd"))  # noqa: PTH208 - as above
    except OSError:
        return False
