"""The sandbox: confined workers for app images, and one ``wait`` for all that they do.

One thread uses a sandbox. The host process is never forked; what forks is a zygote that was exec'd clean.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from types import TracebackType
from typing import Self

from forgesim.errors import CannotConfineError, InternalError
from forgesim.sandbox.control import Adopt
from forgesim.sandbox.events import (
    DiedEvent,
    Event,
    FrameEvent,
    OverdueEvent,
    ProtocolEvent,
    WitnessEvent,
)
from forgesim.sandbox.handle import Descent, Worker, ending
from forgesim.sandbox.loop import Loop
from forgesim.sandbox.mother import LostChildError, Mother
from forgesim.sandbox.places import places
from forgesim.sandbox.spawner import AppCode, Zygote
from forgesim.sandbox.tiers import GuestProgram, Tier, require, start, unsupported
from forgesim.sandbox.witness import Notice

__all__ = [
    "AppCode",
    "DiedEvent",
    "Event",
    "FrameEvent",
    "OverdueEvent",
    "ProtocolEvent",
    "Sandbox",
    "Tier",
    "WitnessEvent",
    "Worker",
]

WITNESSED = ("full", "full+ns")
MAX_ZYGOTES = 4
"""Images whose zygotes are kept; beyond it one without workers makes room."""


class _Nursery:
    """One image's zygote and its living workers; those that it has forked itself by their pid as it sees it.
    ``mother`` forks the others. ``spare``: a worker that has become the image's program and has loaded nothing yet;
    ``asked``: how many workers were asked for.
    """

    __slots__ = ("asked", "forked", "key", "mother", "spare", "workers", "zygote")

    def __init__(self, key: tuple[str, str], zygote: Zygote) -> None:
        self.key = key
        self.zygote = zygote
        self.workers: set[Worker] = set()
        self.forked: dict[int, Worker] = {}
        self.mother: Mother | None = None
        self.spare: Worker | None = None
        self.asked = 0

    @property
    def at_rest(self) -> bool:
        """Whether nobody uses a worker of it."""
        return all(worker is self.spare for worker in self.workers)


class Sandbox:
    """Starts workers and tells what they do.

    ``tier`` asks for that very confinement (null: the best of this machine). Raises CannotConfineError, with
    the walls that are missing, unless ``allow_unconfined``: then workers run without any wall, and ``tier``
    is ``none``. ``explain=False`` leaves the guest's audit hook out, as an app that disarmed it would: the
    walls stand alone.
    """

    def __init__(
        self,
        *,
        allow_unconfined: bool = False,
        tier: Tier | None = None,
        explain: bool = True,
        program: GuestProgram | None = None,
    ) -> None:
        if (reason := unsupported()) is not None:
            raise CannotConfineError(reason)
        if tier == "none" and not allow_unconfined:
            raise CannotConfineError("the tier none has no wall, and unconfined workers are not allowed")
        self._explain = explain
        self._program = program or GuestProgram()
        self._nurseries: dict[tuple[str, str], _Nursery] = {}
        self._barren: set[tuple[str, str]] = set()
        self._count = 0
        started = start(self._program, namespaces=tier in (None, "full+ns"), probe=tier != "none")
        self._unused: Zygote | None = started.zygote
        try:
            self._tier = require(started.walls, tier)
        except CannotConfineError:
            started.zygote.close()
            if not allow_unconfined or tier is not None:
                raise
            self._unused = None
            self._tier = "none"
        self._loop = Loop()

    @property
    def tier(self) -> Tier:
        """What confines the workers of this sandbox."""
        return self._tier

    def spawn(self, image: AppCode) -> Worker:
        """A new worker for ``image``; the image's zygote is started on first use.

        Raises InternalError where the zygote fails. The worker's own start shows in events: Ready, or Fatal
        and death.
        """
        nursery = self._nursery(image)
        nursery.asked += 1
        if image.program is None:
            return self._child(nursery) or self._fork(self._nursery(image), program=False)
        spare, nursery.spare = nursery.spare, None
        worker = spare if spare is not None and spare.alive else self._fork(nursery, program=True)
        worker.load()
        if nursery.asked > 1:  # who asks twice asks again; a program takes its time to start
            nursery.spare = self._fork(nursery, program=True)
        return worker

    def _fork(self, nursery: _Nursery, *, program: bool) -> Worker:
        worker = self._forked(nursery, program=program)
        nursery.workers.add(worker)
        return worker

    def _forked(
        self,
        nursery: _Nursery,
        *,
        program: bool = False,
        report: Callable[[Event], None] | None = None,
        route: Callable[[Notice], None] | None = None,
    ) -> Worker:
        """A worker that the zygote forks; a mother, where somebody else takes its events and calls."""
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                pid, pidfd = nursery.zygote.fork(theirs.fileno(), mother=route is not None)
            except BaseException:
                ours.close()
                raise
        self._count += 1
        worker = Worker(
            number=self._count,
            loop=self._loop,
            seam=ours,
            pidfd=pidfd,
            confined=self._tier != "none",
            program=program,
            on_end=lambda worker: _forget(nursery, worker, pid),
            report=report,
            route=route,
        )
        self._bury(nursery)
        nursery.forked[pid] = worker
        return worker

    def _child(self, nursery: _Nursery) -> Worker | None:
        """A worker that the image's mother forks; null where there is none, or not yet: one is made ready for who asks
        twice, and so asks again. A mother needs a witness."""
        if nursery.mother is None and nursery.asked > 1 and self._tier in WITNESSED and nursery.key not in self._barren:
            nursery.mother = Mother(lambda report, route: self._forked(nursery, report=report, route=route))
        mother = nursery.mother
        if mother is None or not mother.forks:
            return None
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                child = mother.fork(theirs.fileno())
            except LostChildError:
                child = None
                nursery.zygote.kill_all()
                self._lost(nursery)
            except BaseException:
                ours.close()
                raise
        if child is None:
            self._barren.add(nursery.key)
            ours.close()
            return None
        self._count += 1
        worker = Worker(
            number=self._count,
            loop=self._loop,
            seam=ours,
            pidfd=child.pidfd,
            confined=True,
            program=False,
            on_end=lambda worker: _lose(nursery, mother, worker, child.born),
            born=child.born,
        )
        nursery.zygote.watch(child.born.own_pid, child.pidfd)
        mother.workers[child.born.pid] = worker  # before her own end may be heard of, which is the end of hers too
        self._bury(nursery)  # one of the same number may have ended before
        nursery.forked[child.born.own_pid] = worker
        nursery.workers.add(worker)
        for event in mother.told_by(worker):
            self._loop.tell(event)
        return worker

    def wait(self, timeout_s: float | None = None) -> list[Event]:
        """At least one event; none only where ``timeout_s`` (null: no limit) passes first.

        Serves every worker of this sandbox: frames in and out, refused system calls, deadlines, deaths.
        Raises InternalError where nothing is alive that could give an event.
        """
        if timeout_s is None and not self._loop.events and not any(n.workers for n in self._nurseries.values()):
            raise InternalError("no worker is alive that could be waited for")
        return self._loop.wait(timeout_s)

    def close(self) -> None:
        """End all workers and zygotes."""
        for nursery in [*self._nurseries.values()]:
            self._dissolve(nursery)
        self._nurseries.clear()
        if self._unused is not None:
            self._unused.close()
            self._unused = None
        self._loop.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # --- zygotes --------------------------------------------------------------------------------------------

    def _nursery(self, image: AppCode) -> _Nursery:
        key = (image.digest, str(image.root))
        found = self._nurseries.pop(key, None)
        if found is not None and found.zygote.ended:  # killed from outside, and nobody has waited since
            self._end(found)
            found = None
        if found is None:
            self._make_room()
            found = self._found(key, image)
        self._nurseries[key] = found
        return found

    def _found(self, key: tuple[str, str], image: AppCode) -> _Nursery:
        zygote, self._unused = self._unused or self._another(), None
        try:
            zygote.adopt(self._adoption(image), image)
        except BaseException:
            zygote.close()
            raise
        nursery = _Nursery(key, zygote)
        self._loop.add(zygote.fileno(), lambda _: self._on_zygote(nursery))
        return nursery

    def _another(self) -> Zygote:
        started = start(self._program, namespaces=self._tier == "full+ns", probe=False)
        if self._tier == "full+ns" and (why := started.walls.get("namespaces")) is not None:
            started.zygote.close()
            raise InternalError(f"namespaces could be had before, and now not: {why}")
        return started.zygote

    def _adoption(self, image: AppCode) -> Adopt:
        confined = self._tier != "none"
        adopt = Adopt(
            confined=confined,
            witness=self._tier in WITNESSED,
            private_root=self._tier == "full+ns",
            audit=confined and self._explain,
            read=[],
            list_only=[],
            path=[],
            memory=image.memory_bytes or self._program.memory_bytes,
        )
        if (program := image.program) is not None:
            if confined and not adopt.witness:
                raise CannotConfineError("witness: without one no program such as Node can be executed just once")
            return adopt._replace(
                read=[str(image.root), os.devnull, *program.read],
                program=(*program.arguments, "explain") if adopt.audit else program.arguments,
                environment=program.environment,
                execute=program.execute,
            )
        allowed = places(str(image.root), dependencies=image.dependencies)
        return adopt._replace(read=allowed.read, list_only=allowed.list_only, path=allowed.path)

    def _make_room(self) -> None:
        idle = [key for key, nursery in self._nurseries.items() if nursery.at_rest]
        for key in idle[: max(0, len(self._nurseries) + 1 - MAX_ZYGOTES)]:
            self._dissolve(self._nurseries.pop(key))

    def _dissolve(self, nursery: _Nursery) -> None:
        for worker in [*nursery.workers, *nursery.forked.values()]:
            worker.close()
        self._loop.remove(nursery.zygote.fileno())
        nursery.zygote.close()

    def _on_zygote(self, nursery: _Nursery) -> None:
        if nursery.zygote.read():
            self._bury(nursery)
        else:
            self._lost(nursery)

    def _lost(self, nursery: _Nursery) -> None:
        if self._nurseries.get(nursery.key) is nursery:
            del self._nurseries[nursery.key]
        self._end(nursery)

    def _end(self, nursery: _Nursery) -> None:
        """Report the workers of a zygote that has ended, and let it go."""
        for worker in [*nursery.workers]:
            worker.end("its zygote ended")
        self._dissolve(nursery)

    def _bury(self, nursery: _Nursery) -> None:
        gone, nursery.zygote.gone = nursery.zygote.gone, []
        for pid, status in gone:
            if (worker := nursery.forked.get(pid)) is not None:
                worker.end(ending(status, program=worker.program))


def _forget(nursery: _Nursery, worker: Worker, pid: int) -> None:
    if nursery.forked.get(pid) is worker:
        del nursery.forked[pid]
    nursery.workers.discard(worker)


def _lose(nursery: _Nursery, mother: Mother, worker: Worker, born: Descent) -> None:
    mother.workers.pop(born.pid, None)
    _forget(nursery, worker, born.own_pid)
