"""What reaches an installation by itself: events of its queues, of products and of its own life, and schedules.

Queue and triggers drain after each call, in virtual time that moves on to whatever is due next; schedules run when they
are due while time is waited for and while something drains.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Any, Literal, Protocol, TypeGuard

from forgesim.clock import VirtualClock
from forgesim.gateway.call import Installation, Services
from forgesim.manifest.model import App, Module
from forgesim.platform.queue.limits import MAX_RETRY_AFTER_S, RETENTION_MS
from forgesim.platform.queue.service import Pending, Retry
from forgesim.platform.remote.limits import (
    FAILED as REMOTE_FAILED,
    RETRY_S,
    TIMED_OUT as REMOTE_TIMED_OUT,
    TOKEN_REFUSED,
)
from forgesim.platform.schedule.service import Due, Schedule, Schedules
from forgesim.platform.trigger.rules import EXPRESSION, Listener, listeners, may_receive, opening, takes
from forgesim.platform.trigger.service import Notice, Raised
from forgesim.runtime.ask import NOTHING, Ask, Sent
from forgesim.runtime.dispatch import Outcome
from forgesim.runtime.endpoints import called, runs

__all__ = ["Deliveries", "Runner", "webtrigger_module"]

TIMED_OUT, FAILED, ASKED = "FUNCTION_TIME_OUT", "FUNCTION_PLATFORM_UNKNOWN_ERROR", "FUNCTION_RETRY_REQUEST"
"""Reasons of a retry (@forge/events 3.0.8). Which of them a thrown error has is ours: none is published."""
AFTER_TIMEOUT_S = 60.0
"""Time to the next run of a trigger that did not come to an end. Ours."""
REFUSED = frozenset({REMOTE_FAILED, TOKEN_REFUSED})
ENDED = frozenset({"killed", "protocol"})
"""Endings that are no doing of the platform's: nothing is tried again."""


class Runner(Protocol):
    """Runs calls side by side, and tells of one that could not be made as Forge would."""

    def together(self, asks: Sequence[Ask]) -> list[Outcome]: ...

    def skip(self, ask: Ask, what: str) -> None: ...


class Deliveries:
    """Of one stage. ``most``: runs in one go before the app is held to be going round in circles."""

    def __init__(
        self, *, installation: Installation, services: Services, clock: VirtualClock, runner: Runner, most: int
    ) -> None:
        self._installation = installation
        self._services = services
        self._clock = clock
        self._runner = runner
        self._most = most
        self.endless: str | None = None
        """Why deliveries were broken off, for whoever records it and sets it back."""
        self._busy = False
        self.begin()

    def begin(self) -> None:
        """The installation is new: nothing waits, and its schedules begin to count."""
        self.drop()
        self.reschedule()

    def reschedule(self) -> None:
        """The app's schedules begin to count now: another version resets them all."""
        found = (module for module in self._installation.app.manifest.modules if module.type == "scheduledTrigger")
        schedules = [
            Schedule(module.key, run, str(module.data.get("interval")))
            for module in found
            if (run := runs(module, self._installation.app.manifest)) is not None
        ]
        self._schedules = Schedules(schedules, self._clock.now_ms)
        self._looked_ms = self._seen_ms = self._clock.now_ms

    def drop(self) -> None:
        """Nothing that waits is ever run."""
        self._services.queue.drop()
        self._services.triggers.drop()
        self._services.webtriggers.drop()

    # --- time -------------------------------------------------------------------------------------------------------

    def drain(self) -> None:
        """Run all that waits, and what that brings about, with the schedules that are due before the last of it."""
        self._until(None)

    def wait(self, by_ms: int, *, exactly: bool = False) -> None:
        """Let time pass, with what is due in it; then run what that left waiting, unless ``exactly`` this long."""
        end = self._clock.now_ms + by_ms
        self._until(end)
        self._clock.move_to(end)
        self.rest()
        if not exactly:
            self.drain()

    def _until(self, end_ms: int | None) -> None:
        """Run what is due up to an instant, in order; without one all that waits, and schedules as long as something
        does. What a schedule brings about may wait for longer than until it is due again, so that only those of a day,
        the longest that an event is kept, run: else two of them would take turns for ever."""
        if self._busy:
            return
        self._busy = True
        self.resume()
        try:
            within_ms = self._clock.now_ms + RETENTION_MS if end_ms is None else end_ms
            dues = deque(self._schedules.between(self._looked_ms, within_ms))
            runs = 0
            self._route()
            while (at_ms := self._next_ms(dues, end_ms)) is not None:
                if runs >= self._most or not self._installation.installed:
                    self._break_off(runs)
                    break
                self._clock.move_to(at_ms)
                if dues and dues[0].at_ms <= at_ms and not self._is_before(dues[0]):
                    self._schedule(dues.popleft())
                    runs = 0
                else:
                    runs += self._run()
                self._route()
            self._looked_ms = max(self._clock.now_ms, self._looked_ms, end_ms or 0)
        finally:
            self._busy = False
            self.rest()

    def resume(self) -> None:
        """Something is about to run. Time that was skipped since the last time that something did, as a proof skips
        years, has had no schedules; what ran since then may have gone past some, which are to run yet."""
        if self._clock.now_ms > self._seen_ms:
            self._looked_ms = max(self._looked_ms, self._clock.now_ms)

    def rest(self) -> None:
        """What ran has come to its end."""
        self._seen_ms = self._clock.now_ms

    def _next_ms(self, dues: Sequence[Due], end_ms: int | None) -> int | None:
        """When something is to run next; null where nothing is any more. A schedule by itself keeps nothing going."""
        waits_ms, due_ms = self._waits_ms(), dues[0].at_ms if dues else None
        if end_ms is None and waits_ms is None and due_ms is not None and due_ms > self._clock.now_ms:
            return None
        first = min((at_ms for at_ms in (waits_ms, due_ms) if at_ms is not None), default=None)
        return None if first is None or (end_ms is not None and first > end_ms) else first

    def _is_before(self, due: Due) -> bool:
        """Whether something that waits goes before a schedule: it is due earlier, or at the same time."""
        waits_ms = self._waits_ms()
        return waits_ms is not None and waits_ms <= due.at_ms

    def _schedule(self, due: Due) -> None:
        ask = Ask(name=due.schedule.function, payload={}, cause="schedule", module=due.schedule.key)
        self._told(self._notice(ask), self._runner.together([ask])[0])

    def _break_off(self, runs: int) -> None:
        self.drop()
        if self._installation.installed:
            self.endless = f"events brought about {runs:,} runs, and there were more"

    def _waits_ms(self) -> int | None:
        due = (self._services.queue.next_ms, self._services.triggers.next_ms)
        return min((at_ms for at_ms in due if at_ms is not None), default=None)

    def _run(self) -> int:
        """Run what is due now; how many runs that were."""
        notice = self._services.triggers.take(self._clock.now_ms)
        if notice is not None:
            self._trigger(notice)
            return 1
        batch = self._services.queue.take(self._clock.now_ms)
        outcomes = self._runner.together([self._consume(each) for each in batch])
        for each, outcome in zip(batch, outcomes, strict=True):
            self._consumed(each, outcome)
        return len(batch)

    # --- queues -----------------------------------------------------------------------------------------------------

    def _consume(self, each: Pending) -> Ask:
        module = consumer_module(self._installation.app, each.queue)
        resolver = module.data.get("resolver")
        if isinstance(resolver, dict):
            name, payload, job = f"{module.function}/{resolver.get('method')}", dict(each.event.body), each.job
        else:
            name, payload, job = str(module.function), each.argument(self._clock.now_ms), None
        origin = each.origin._replace(depth=each.origin.depth + 1)
        return Ask(name=name, payload=payload, cause="queue", module=each.queue, origin=origin, job=job)

    def _consumed(self, each: Pending, outcome: Outcome) -> None:
        queue, now_ms = self._services.queue, self._clock.now_ms
        asked = _asked_again(outcome)
        if asked is not None:
            queue.failed(each, asked, now_ms)
        elif outcome.ok:
            queue.done(each, now_ms)
        elif outcome.ending in ENDED:
            queue.given_up(each)
        else:
            queue.failed(each, Retry(TIMED_OUT if outcome.ending == "timeout" else FAILED), now_ms)

    # --- triggers ---------------------------------------------------------------------------------------------------

    def _route(self) -> None:
        """Find who gets what has happened."""
        triggers = self._services.triggers
        heard, triggers.heard = triggers.heard, []
        for raised in heard:
            if may_receive(raised.name, self._installation.scopes):
                for listener in self._listeners(raised.name):
                    self._tell(listener, raised)

    def _listeners(self, event: str) -> list[Listener]:
        modules = (
            (module.key, runs(module, self._installation.app.manifest), module.data)
            for module in self._installation.app.manifest.modules
            if module.type == "trigger"
        )
        return list(listeners(modules, event))

    def _tell(self, listener: Listener, raised: Raised) -> None:
        passes = takes(listener, raised.payload)
        if passes is None:
            ask = Ask(name=listener.function, payload=raised.payload, cause="event", module=listener.key)
            self._runner.skip(ask, EXPRESSION)
        elif passes:
            self._services.triggers.notify(listener.key, listener.function, raised, self._clock.now_ms)

    def _trigger(self, notice: Notice) -> None:
        origin = notice.raised.origin
        if origin is not None:
            origin = (origin[0], origin[1], origin[2] + 1)
        event = notice.raised.name
        ask = Ask(
            name=notice.function,
            payload=notice.argument(),
            cause=notice.cause,
            module=notice.module,
            origin=origin,
            sent=Sent(event, opening(event, self._installation.scopes), notice.guess) if event else NOTHING,
        )
        self._told(notice, self._runner.together([ask])[0])

    def told(self, ask: Ask, outcome: Outcome) -> None:
        """A trigger or a schedule was run by a step: what it asks for after that is as for any other."""
        self._told(self._notice(ask), outcome)
        self.drain()

    def _notice(self, ask: Ask) -> Notice:
        """What was run, as it would wait to be run again."""
        raised = Raised(ask.sent.event, ask.payload if isinstance(ask.payload, dict) else {})
        cause: Literal["event", "schedule"] = "schedule" if ask.cause == "schedule" else "event"
        return Notice(ask.module, ask.name, raised, self._clock.now_ms, 0, guess=ask.sent.guess, cause=cause)

    def _told(self, notice: Notice, outcome: Outcome) -> None:
        """Run a trigger again where it asks for that, or did not come to an end; an endpoint's wherever the remote did
        not take it. A function's schedule is due again anyhow."""
        if notice.function in called(self._installation.app.manifest):
            asked = _sent_again(outcome)
        elif notice.cause == "schedule":
            asked = None
        else:
            asked = _asked_again(outcome)
            if asked is None and outcome.ending == "timeout":
                asked = Retry(TIMED_OUT, AFTER_TIMEOUT_S)
        if asked is not None:
            self._services.triggers.again(
                notice, reason=asked.reason, after_s=asked.after_s or 1, data=asked.data, now_ms=self._clock.now_ms
            )


def consumer_module(app: App, queue: str) -> Module:
    """The consumer of a queue, which the queue itself has looked for before."""
    return next(m for m in app.manifest.modules if m.type == "consumer" and m.data.get("queue") == queue)


def webtrigger_module(app: App, function: str, key: str) -> Module | None:
    """The web trigger of this key, or the first one that runs the function."""
    found = [module for module in app.manifest.modules if module.type == "webtrigger" and module.function == function]
    return next((module for module in found if module.key == key), found[0] if found else None)


def _sent_again(outcome: Outcome) -> Retry | None:
    """How what a remote did not take is sent again; nothing for what our platform has no answer of."""
    if outcome.ending == "timeout":
        return Retry(REMOTE_TIMED_OUT, RETRY_S)
    return Retry(outcome.type, RETRY_S) if outcome.ending == "error" and outcome.type in REFUSED else None


def _asked_again(outcome: Outcome) -> Retry | None:
    """What a run asks for that returns an InvocationError; null for any other."""
    result: Any = outcome.result
    if not outcome.ok or not isinstance(result, dict) or not result.get("_retry"):
        return None
    given = result.get("retryOptions")
    options = given if isinstance(given, dict) else {}
    after, reason = options.get("retryAfter"), options.get("retryReason")
    # Bounded before it is a float: a whole number of JSON may be too large for one.
    seconds = float(max(1, min(after, MAX_RETRY_AFTER_S))) if _is_number(after) else 1.0
    return Retry(reason if isinstance(reason, str) else ASKED, seconds, options.get("retryData"))


def _is_number(value: Any) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)
