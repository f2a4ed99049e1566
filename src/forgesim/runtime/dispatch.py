"""Runs invocations to their end over the sandbox's events, on the virtual clock.

A guest says ``idle`` when nothing in it can run. One guest runs at a time, also at the start; only when every live
guest has said ``idle`` does the host act, once: it serves one queued request, or else moves the clock to the next
thing due (an answer, a timer, a deadline). Where several guests could go first, the run's seed chooses. So a run is a
function of app, site, seed and clock.
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Sequence
from functools import partial
from random import Random
from typing import Literal

import msgspec

from forgesim.errors import InternalError
from forgesim.gateway.call import Invocation
from forgesim.gateway.gateway import Crossed, Gateway
from forgesim.ledger.records import Close, Open, Witness
from forgesim.runtime.relay import Relay
from forgesim.runtime.task import BUG, Outcome, Task
from forgesim.sandbox.host import (
    DiedEvent,
    Event,
    FrameEvent,
    OverdueEvent,
    ProtocolEvent,
    Sandbox,
    WitnessEvent,
    Worker,
)
from forgesim.seam import Fatal, Fetch, Idle, Invoke, Ready, Reply, Tick, Violation, pack

__all__ = ["REAL_SECONDS", "Dispatcher", "Outcome", "Task"]

REAL_SECONDS = 60.0
"""Real time after which an invocation is killed; a proof calls that an ERROR, never a verdict."""

TIMED_OUT = "Function timed out. Limit of {} seconds exceeded"
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder().decode


class Dispatcher:
    """Serves the tasks of one run. ``hit`` collects coverage units over the life of the simulator."""

    def __init__(
        self, *, sandbox: Sandbox, gateway: Gateway, rng: Random, hit: set[int], units: int, real_seconds: float
    ) -> None:
        self._sandbox = sandbox
        self._gateway = gateway
        self._clock = gateway.clock
        self._rng = rng
        self._hit = hit
        self._units = units
        self._real_seconds = real_seconds
        self._order = 0
        self._overlapping = False
        self._tasks: dict[int, Task] = {}

    def run(self, tasks: Sequence[Task]) -> list[Outcome]:
        """Run the tasks side by side until all have ended. The workers of those that did not end well are killed."""
        self._tasks = {task.worker.id: task for task in tasks}
        self._overlapping = len(tasks) > 1
        for task in tasks:
            if isinstance(task.worker, Relay):
                task.worker.tell = partial(self._arrive, task)
            self._open(task)
        for task in tasks:
            task.worker.set_deadline(self._real_seconds)
            if task.ready:
                self._start(task)
            self._settle(task)
        while live := [task for task in tasks if task.outcome is None]:
            self._act(live)
            for task in live:
                self._settle(task)
        self._tasks = {}
        return [task.outcome for task in tasks if task.outcome is not None]

    def load(self, invocation: Invocation, worker: Worker) -> tuple[Outcome, Ready | None]:
        """Wait until the app is imported in ``worker``; no Ready where its process dies before that."""
        task = Task(invocation, worker, [], None, 0, loading=True)
        self._tasks = {worker.id: task}
        self._open(task)
        worker.set_deadline(self._real_seconds)
        while task.outcome is None:
            self._settle(task)
            task.idle = False
        self._tasks = {}
        return task.outcome, task.loaded

    def refuse(self, task: Task, outcome: Outcome) -> Outcome:
        """Record an invocation that ends before it begins."""
        self._open(task)
        self._end(task, outcome)
        return outcome

    def _settle(self, task: Task) -> None:
        """Let a guest run until it rests or has ended. What others say meanwhile waits for their turn."""
        while True:
            while task.inbox:
                event = task.inbox.popleft()
                waiting = len(task.queue)
                self._on(task, event)
                if isinstance(event, FrameEvent) and len(task.queue) <= waiting:
                    task.intake.release(event.body)
            if task.idle or (task.outcome is not None and not task.lasting):
                return
            for event in self._sandbox.wait(None):
                if (owner := self._tasks.get(event.worker.id)) is not None:
                    self._arrive(owner, event)

    def _arrive(self, task: Task, event: Event) -> None:
        """Take an event in for its turn. Who sends too much is ended; what the kernel saw of it still counts."""
        task.inbox.append(event)
        why = task.intake.take(event)
        if why is None:
            return
        task.worker.kill()
        task.queue.clear()
        task.inbox = deque(each for each in task.inbox if isinstance(each, WitnessEvent))
        if task.outcome is None:
            self._end(task, Outcome("protocol", type="ProtocolError", message=why))
        elif task.lasting:
            self._give_up(task)

    def _open(self, task: Task) -> None:
        invocation = task.invocation
        self._gateway.ledger.write(
            Open(
                run=invocation.run,
                inv=invocation.id,
                root=invocation.root,
                parent=invocation.parent,
                function=invocation.function,
                resolver=invocation.resolver,
                cause=invocation.cause,
                principal=invocation.principal,
                at=invocation.opened_ms,
                deadline=invocation.deadline_ms,
                input=task.input,
                context=task.context,
                step=task.step,
                event=task.sent.event,
                scopes=task.sent.scopes,
                guess=task.sent.guess,
            )
        )

    def _start(self, task: Task) -> None:
        invocation = task.invocation
        task.idle = False
        frame = Invoke(
            inv=invocation.id,
            token=invocation.token,
            function=invocation.function,
            now=self._clock.now_ms,
            deadline=invocation.deadline_ms,
            seed=task.seed,
        )
        task.worker.send(pack(frame, _encode(task.arguments)))

    # --- events ------------------------------------------------------------------------------------------------

    def _on(self, task: Task, event: Event) -> None:
        match event:
            case FrameEvent(header=Violation() as tried):
                self._witness(task, "audit", tried.event, tried.what, tried.line, refused=tried.refused)
            case WitnessEvent():
                self._witness(task, "kernel", event.call, event.target, None)
            case _ if task.outcome is not None:
                self._after(task, event)
            case FrameEvent(header=Fetch() as fetch):
                self._asked(task, fetch, event.body)
            case FrameEvent(header=Idle() as idle):
                task.idle, task.until = True, idle.until
            case FrameEvent(header=Ready() as ready):
                self._is_ready(task, ready)
            case FrameEvent(header=Fatal() as fatal):
                self._end(task, Outcome("killed", type="Fatal", message=fatal.why))
            case DiedEvent():
                self._end(task, Outcome("killed", type="Killed", message=event.why))
            case OverdueEvent():
                said = f"not done within {self._real_seconds:g} real s"
                self._end(task, Outcome("killed", type="Killed", message=said))
            case ProtocolEvent():
                self._end(task, Outcome("protocol", type="ProtocolError", message=event.why))
            case _:
                raise InternalError(f"an event that nothing handles: {event}")

    def _after(self, task: Task, event: Event) -> None:
        """Take what comes once the outcome is out: nothing of it is served, and what it asks for is told."""
        match event:
            case FrameEvent(header=Fetch() as fetch):
                what = f"{fetch.descriptor.get('type')} {fetch.path}"[:200]
                self._witness(task, "host", "late", f"{what} is asked for after the result", fetch.line)
            case FrameEvent(header=Idle(cov=cov)) if task.lasting:
                self._covered(cov)
                task.idle = True
            case DiedEvent() | OverdueEvent() | ProtocolEvent() if task.lasting:
                self._give_up(task)
            case _:
                return

    def _give_up(self, task: Task) -> None:
        """Tell of a process that does not take late answers to the end."""
        self._witness(task, "host", "late", "its process does not come to rest after the result", None)
        task.lasting = False

    def _covered(self, numbers: list[int]) -> None:
        for number in numbers:
            if 0 <= number < self._units:
                self._hit.add(number)

    def _is_ready(self, task: Task, ready: Ready) -> None:
        self._covered(ready.cov)
        if task.ready:
            self._end(task, Outcome("protocol", type="ProtocolError", message="it said ready twice"))
            return
        task.ready, task.loaded = True, ready
        if task.loading:
            self._serve_all(task)
            if task.outcome is None:
                self._end(task, Outcome("ok"))
            return
        failed = ready.errors.get(task.invocation.function)
        if failed is None:
            self._start(task)
            return
        kind, message = str(failed.get("type")), str(failed.get("message"))
        self._end(task, Outcome("error", type=kind, message=message, at=failed.get("at")))

    def _asked(self, task: Task, fetch: Fetch, body: bytes) -> None:
        self._covered(fetch.cov)
        task.idle, task.until = fetch.idle, None
        if fetch.id == 0 and fetch.descriptor.get("type") in ("result", "error"):
            self._serve_all(task)
            if task.outcome is None:
                self._finished(task, fetch, body)
                if fetch.left:
                    self._outlive(task)
        else:
            task.queue.append((fetch, body))

    def _finished(self, task: Task, fetch: Fetch, body: bytes) -> None:
        crossed = self._cross(task, fetch, body)
        if crossed is None:
            return
        if not crossed.decision.allow:
            self._end(task, Outcome("error", type=crossed.decision.rule, message=crossed.decision.reason))
            return
        try:
            value = _decode(body) if body else None
        except (ValueError, RecursionError):
            self._end(task, Outcome("protocol", type="ProtocolError", message="the result is no JSON"))
            return
        if fetch.descriptor["type"] == "result":
            self._end(task, Outcome("ok", result=value))
            return
        said = value if isinstance(value, dict) else {}
        at = said.get("at")
        kind, message = str(said.get("type", "Error")), str(said.get("message", ""))
        self._end(task, Outcome("error", type=kind, message=message, at=None if at is None else str(at)))

    def _outlive(self, task: Task) -> None:
        """Answer what the process still waits for, now that its outcome is out: on the platform an answer comes within
        a later call, if one does."""
        if task.outcome is None or not task.worker.alive:
            return
        task.lasting = True
        task.worker.set_deadline(self._real_seconds)
        while task.pending and task.lasting:
            self._reply(task, task.pending[0][0])
            self._settle(task)
        task.lasting = False
        task.worker.set_deadline(None)

    def _cross(self, task: Task, fetch: Fetch, body: bytes) -> Crossed | None:
        """Pass a request through the gateway. A bug of ours ends the invocation, and is told as such."""
        try:
            return self._gateway.cross(task.invocation, fetch, body)
        except InternalError as bug:
            self._end(task, Outcome("killed", type=BUG, message=str(bug)))
            return None

    def _witness(
        self,
        task: Task,
        layer: Literal["kernel", "audit", "host"],
        call: str,
        target: str | None,
        line: str | None,
        *,
        refused: bool = True,
    ) -> None:
        self._gateway.ledger.write(
            Witness(
                run=task.invocation.run,
                inv=task.invocation.id,
                seq=self._gateway.next_seq(),
                at=self._clock.now_ms,
                layer=layer,
                call=call,
                target=target,
                line=line,
                refused=refused,
            )
        )

    # --- acting on idle guests ---------------------------------------------------------------------------------

    def _act(self, live: list[Task]) -> None:
        asking = [task for task in live if task.queue]
        if asking:
            self._serve(asking[0] if len(asking) == 1 else self._rng.choice(asking))
            return
        due = [(*self._next(task), number) for number, task in enumerate(live)]
        soonest = min(due)[:2]
        task = live[self._rng.choice([entry[2] for entry in due if entry[:2] == soonest])] if len(live) > 1 else live[0]
        at, what = soonest
        self._clock.move_to(at)
        if what == REPLY:
            self._reply(task, self._clock.now_ms)
        elif what == TIMER:
            task.idle, task.until = False, None
            task.worker.send(pack(Tick(self._clock.now_ms)))
        else:
            seconds = (task.invocation.deadline_ms - task.invocation.opened_ms) / 1000
            self._end(task, Outcome("timeout", type="Timeout", message=TIMED_OUT.format(f"{seconds:g}")))

    def _reply(self, task: Task, at: int) -> None:
        """Send the answer that is due first; ``at`` is the virtual time that the guest is told with it."""
        _, _, number, answer = heapq.heappop(task.pending)
        task.idle = False
        task.worker.send(pack(Reply(number, answer.status, list(answer.headers), at), answer.body))

    def _next(self, task: Task) -> tuple[int, int]:
        """When something is due for an idle task, and what."""
        due = [(task.invocation.deadline_ms, DEADLINE)]
        if task.pending:
            due.append((task.pending[0][0], REPLY))
        if task.until is not None:
            due.append((task.until, TIMER))
        return min(due)

    def _rearm(self) -> None:
        for each in self._tasks.values():
            if each.outcome is None:
                each.worker.set_deadline(self._real_seconds)

    def _serve(self, task: Task) -> None:
        """Pass the task's first request through the gateway; its answer is due after the channel's latency."""
        fetch, body = task.queue.popleft()
        task.intake.release(body)
        crossed = self._cross(task, fetch, body)
        if crossed is not None and crossed.kind.channel == "egress":
            self._rearm()  # a vendor's service may have run: that real time is not the guests'
        if fetch.id == 0 or crossed is None:
            return
        self._order += 1
        delay = crossed.delay_ms * (self._rng.randint(1, 3) if self._overlapping else 1)
        heapq.heappush(task.pending, (self._clock.now_ms + delay, self._order, fetch.id, crossed.answer))

    def _serve_all(self, task: Task) -> None:
        while task.queue and task.outcome is None:
            self._serve(task)

    def _end(self, task: Task, outcome: Outcome) -> None:
        task.outcome = outcome
        task.worker.set_deadline(None)
        if outcome.ending in ("timeout", "killed", "protocol"):
            task.worker.kill()
        self._gateway.ledger.write(
            Close(
                inv=task.invocation.id,
                at=self._clock.now_ms,
                outcome=outcome.ending,
                type=outcome.type or None,
                message=outcome.message or None,
                line=outcome.at,
            )
        )


REPLY, TIMER, DEADLINE = 0, 1, 2
"""What comes first when several things are due at the same instant."""
