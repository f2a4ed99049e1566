"""A stage: one installation of an app on one site, on which calls are made and time passes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from types import TracebackType
from typing import Any, Self
from weakref import proxy

from forgesim.clock import VirtualClock, parse_time
from forgesim.egress.broker import Broker
from forgesim.errors import InputError, Problem
from forgesim.gateway.call import Installation, Invocation, Services
from forgesim.gateway.gateway import Gateway
from forgesim.ids import Ids, derive, derived_uuid
from forgesim.ledger.records import Cause, Inventory, Profile, Removal
from forgesim.ledger.write import Pen
from forgesim.manifest.model import App
from forgesim.platform.invocation.service import ExternalBudget
from forgesim.platform.kvs.stores import Regions
from forgesim.platform.log.service import LogBudget
from forgesim.platform.trigger.service import Raised
from forgesim.runtime.ask import Ask
from forgesim.runtime.callers import Callers
from forgesim.runtime.context import arguments, merged
from forgesim.runtime.deliveries import Deliveries, webtrigger_module
from forgesim.runtime.dispatch import Dispatcher, Outcome, Task
from forgesim.runtime.handlers import Handlers
from forgesim.runtime.happenings import lifecycle
from forgesim.runtime.inventory import hosted, stored
from forgesim.runtime.skipped import record_skipped
from forgesim.runtime.workers import Workers
from forgesim.site.accounts import close_account, update_profile
from forgesim.site.edit import find_user
from forgesim.site.facts import properties

__all__ = ["Ask", "Stage"]

IMPORT_S = 10
"""Virtual seconds that loading the app's code may take."""


class Stage:
    """One run: an installation on a site, with its own clock, storage, services and seed.

    As a context manager it ends with ``finish``, or with ``close`` where an error leaves the block.
    """

    def __init__(
        self,
        *,
        app: App,
        workers: Workers,
        pen: Pen,
        number: int,
        seed: int,
        clock: VirtualClock,
        services: Services,
        installation: Installation,
        regions: Regions,
        sequence: Callable[[], int],
        real_seconds: float,
        max_steps: int,
        quotas: bool,
    ) -> None:
        self.app = app
        self.number = number
        self.seed = seed
        self.clock = clock
        self.services = services
        self.installation = installation
        self.pen = pen
        self.gateway = Gateway(ledger=pen, clock=clock, services=services, sequence=sequence)
        self.said: dict[str, Any] = {}
        """What browsers say of the context of each call, besides what the platform knows."""
        self._workers = workers
        self._regions = regions
        self._max_steps = max_steps
        self._callers = Callers(clock, quotas=quotas)
        self._ids = Ids(derive(seed, installation.id))
        self._found = properties(installation.site)
        self._installations = 1
        self._real_seconds = real_seconds
        self._dispatcher = self._new_dispatcher()
        # A proxy: sites and storage are the most that a proof holds, and go with the stage, not with a collection.
        self.deliveries = Deliveries(
            installation=installation, services=services, clock=clock, runner=proxy(self), most=max_steps
        )
        self.happen(lifecycle("installed", installation))

    def _new_dispatcher(self) -> Dispatcher:
        return Dispatcher(
            sandbox=self._workers.sandbox,
            gateway=self.gateway,
            rng=Random(derive("order", self.seed)),  # noqa: S311 - the order of events, not a secret
            hit=self._workers.hit,
            units=len(self._workers.image.units),
            real_seconds=self._real_seconds,
        )

    # --- people and functions ------------------------------------------------------------------------------------

    def account(self, handle: str) -> str:
        """The account id of a person by handle or id. Raises InputError with the people there are."""
        return find_user(self.installation.site, handle)

    def invocation(
        self, function: str, resolver: str | None, user: str | None, cause: Cause, ask: Ask | None = None
    ) -> Invocation:
        """A new invocation at the present virtual time: a root, unless ``ask`` goes back to another one."""
        # Loading happens on the first stage only and takes no number: all stages count their calls alike.
        later = f"+{self._installations - 1}" if self._installations > 1 else ""
        name = f"inv-{self.number}{later}.{'0' if cause == 'import' else self._ids.next('n')[2:]}"
        declared = self.app.manifest.functions.get(function)
        timeout_s = declared.timeout_s if declared else IMPORT_S
        now = self.clock.now_ms
        root, parent, depth = (ask.origin if ask is not None else None) or (name, None, 0)
        module = ask.module if ask is not None else ""
        if cause == "webtrigger" and (found := webtrigger_module(self.app, function, module)) is not None:
            module = found.key
        return Invocation(
            id=name,
            token=self._ids.token(name),
            run=self.number,
            root=root,
            parent=parent,
            module=module,
            depth=depth,
            function=function,
            resolver=resolver,
            cause=cause,
            principal=user,
            installation=self.installation,
            opened_ms=now,
            deadline_ms=now + timeout_s * 1000,
            log_budget=LogBudget(timeout_s),
            external_budget=ExternalBudget(timeout_s),
        )

    def handlers(self) -> Handlers:
        """What the app defines, from loading it once. Raises InputError where a handler is missing."""
        if self._workers.handlers is None:
            self._workers.handlers = self._load()
        return self._workers.handlers

    def _load(self) -> Handlers:
        """Import the app's code in a worker and keep that worker for the first invocation.

        What the code tries while it loads is recorded under an invocation of cause ``import``.
        """
        workers, keys = self._workers, self._workers.image.functions
        worker, _ = workers.take()
        outcome, ready = self._dispatcher.load(self.invocation("(import)", None, None, "import"), worker)
        if ready is None:
            worker.close()
            failed = {"type": outcome.type, "message": outcome.message, "at": outcome.at}
            return Handlers(functions=dict.fromkeys(keys), errors=dict.fromkeys(keys, failed), dead=outcome)
        missing = [e["message"] or key for key, e in ready.errors.items() if e.get("type") == "HandlerNotFound"]
        if missing:
            worker.close()
            path, hint = str(self.app.path / "manifest.yml"), "define it or mend the handler's name"
            raise InputError(*(Problem(what=text, file=path, hint=hint) for text in missing))
        workers.give_back(worker, untouched=True)
        return Handlers(functions={key: ready.functions.get(key) for key in keys}, errors=ready.errors)

    # --- running --------------------------------------------------------------------------------------------------

    def together(self, asks: Sequence[Ask]) -> list[Outcome]:
        """Make the calls at the same virtual time; their crossings interleave as the stage's seed says."""
        if not self.installation.installed:
            raise InputError("the app is not installed any more: nothing can be called after uninstall")
        handlers = self.handlers()
        self.deliveries.resume()
        found = [handlers.find(ask.name) for ask in asks]
        tasks: list[Task] = []
        try:
            for ask, (function, resolver) in zip(asks, found, strict=True):
                tasks.append(self._task(ask, function, resolver))
            if handlers.dead is not None:
                return [self._dispatcher.refuse(task, handlers.dead) for task in tasks]
            refused = [self._callers.over(ask, resolver) for ask, (_, resolver) in zip(asks, found, strict=True)]
            ran = iter(self._dispatcher.run([task for task, why in zip(tasks, refused, strict=True) if why is None]))
            outcomes = [
                next(ran) if why is None else self._dispatcher.refuse(task, why)
                for task, why in zip(tasks, refused, strict=True)
            ]
        except BaseException:
            for task in tasks:
                task.worker.close()
            raise
        for task in tasks:
            self._workers.give_back(task.worker)
        self.deliveries.rest()
        return [self._as_called(task, outcome) for task, outcome in zip(tasks, outcomes, strict=True)]

    def _as_called(self, task: Task, outcome: Outcome) -> Outcome:
        """An outcome with what whoever called a web trigger gets of it."""
        if task.invocation.cause != "webtrigger":
            return outcome
        module = webtrigger_module(self.app, task.invocation.function, task.invocation.module)
        return outcome if module is None else self._callers.answered(module, outcome)

    def invoke(self, ask: Ask) -> Outcome:
        """Make one call once."""
        self.services.kvs.catch_up()
        return self.together([ask])[0]

    def calls(self, asks: Sequence[Ask]) -> list[Outcome]:
        """Make calls at the same time, and each again with the cursor of its result for as long as there is one. What
        waits for the installation by then goes before, and queries see what was written before; what the calls leave
        waiting is run after them."""
        self.services.kvs.catch_up()
        self.deliveries.drain()
        outcomes = self._calls(asks)
        self.deliveries.drain()
        return outcomes

    def _calls(self, asks: Sequence[Ask]) -> list[Outcome]:
        ended: dict[int, Outcome] = {}
        waiting = dict(enumerate(asks))
        for _ in range(self._max_steps):
            outcomes = self.together(list(waiting.values()))
            ended.update(zip(waiting, outcomes, strict=True))
            waiting = {
                number: following
                for number, ask in waiting.items()
                if (following := ask.following(ended[number].result)) is not None
            }
            if not waiting:
                break
        endless = f"the result had a cursor {self._max_steps} times"
        ended.update(dict.fromkeys(waiting, Outcome("error", type="EndlessCursor", message=endless)))
        return [ended[number] for number in range(len(asks))]

    def call(self, ask: Ask) -> Outcome:
        """Make a call, and again with the cursor of its result for as long as there is one."""
        return self.calls([ask])[0]

    def _task(self, ask: Ask, function: str, resolver: str | None) -> Task:
        invocation = self.invocation(function, resolver, ask.user, ask.cause, ask)
        worker, ready = self._workers.take()
        return Task(
            invocation=invocation,
            worker=worker,
            arguments=arguments(
                self.installation,
                function=function,
                resolver=resolver,
                payload=ask.payload,
                user=ask.user,
                said=ask.context if resolver is None else merged(ask.context or {}, self.said),
                module=invocation.module,
                job=ask.job,
                bare=ask.cause == "queue",
            ),
            input=ask.payload,
            context=ask.context,
            # Of the call's number on its stage, not of the run's: the same scenario draws the same numbers again.
            seed=derive("guest", self.seed, invocation.id.partition(".")[2]),
            step=ask.step,
            sent=ask.sent,
            ready=ready,
        )

    def skip(self, ask: Ask, what: str) -> None:
        """Record a call that is not made, by the name of what is not emulated."""
        record_skipped(self.gateway, self.invocation(ask.name, None, None, ask.cause, ask), ask.payload, what)

    # --- what an admin and time do --------------------------------------------------------------------------------

    def happen(self, raised: Raised) -> None:
        """Something that triggers may be told of; they are with the next call, or wait."""
        self.services.triggers.happen(raised)

    def wait(self, ms: int) -> None:
        """Let virtual time pass: schedules run when they are due."""
        self.deliveries.wait(ms)

    def switch_analytics(self, on: bool) -> None:
        """The admin's switch for analytics egress; refusals while it is off carry the rule ``analytics-off``."""
        self.installation.switch_analytics(on)

    def instant(self, at: object) -> int:
        """Epoch ms of a time as a step writes it: RFC 3339 text or epoch ms. Raises InputError."""
        if isinstance(at, int):
            return at
        try:
            return parse_time(str(at))
        except (ValueError, OverflowError):
            raise InputError(Problem(what=f"{at!r} is no time", hint="write it as 2026-01-05T09:00:00Z")) from None

    def uninstall(self) -> None:
        """Remove the app: what the manifest wants to run before that runs, hosted storage of the installation goes, and
        calls are refused from now on. A second removal changes nothing."""
        if not self.installation.installed:
            return
        for name in self.functions_of("preUninstall"):
            self.invoke(Ask(name=name, payload={}, cause="event"))
        self.happen(lifecycle("uninstalled", self.installation))
        self.deliveries.drain()
        self.deliveries.drop()
        self.services.kvs.drop(self.installation.id)
        self.installation.installed = False
        kept = len(hosted(self.services, self.installation, self.installation.region))
        left = {key: text for key, text in properties(self.installation.site).items() if self._found.get(key) != text}
        rows = stored(("property", key, text) for key, text in left.items())
        self.pen.write(Removal(run=self.number, at=self.clock.now_ms, hosted=kept, left=rows))

    def upgrade(self, app: App, *, workers: Workers, broker: Broker, number: int) -> None:
        """Run another version of the app from now on, with what the installation stored. Its schedules begin anew.
        ``number``: that of the run which begins."""
        self.app, self.number = app, number
        self.installation.upgrade(app)
        self.services.broker = broker
        self._workers = workers
        self._dispatcher = self._new_dispatcher()
        self.deliveries.reschedule()

    def reinstall(self) -> None:
        """Install the app again: a new, empty installation with the admin's switches as they are at first. Its calls
        draw the same numbers as those of a first installation."""
        if self.installation.installed:
            raise InputError("the app is installed: it can be installed again once it is uninstalled")
        self.installation.id = derived_uuid("reinstallation", self.installation.id)
        self.installation.installed = True
        self._installations += 1
        self._ids = Ids(derive(self.seed, self.installation.id))
        self._dispatcher = self._new_dispatcher()
        self.switch_analytics(True)
        self._found = properties(self.installation.site)
        self.deliveries.begin()
        self.happen(lifecycle("installed", self.installation))

    def functions_of(self, module: str) -> list[str]:
        """Function keys of the manifest's modules of a type, each once."""
        found = (each.function for each in self.app.manifest.modules if each.type == module)
        return list(dict.fromkeys(name for name in found if name is not None))

    def close_account(self, account: str) -> None:
        """The account is closed: nobody's from now on."""
        close_account(self.installation.site, account, self.clock.now_ms)
        self.installation.look_again()
        self.pen.write(Profile(run=self.number, at=self.clock.now_ms, account=account, status="closed"))

    def update_profile(self, account: str) -> None:
        """Its owner changes their profile."""
        update_profile(self.installation.site, account, self.clock.now_ms)
        self.installation.look_again()
        self.pen.write(Profile(run=self.number, at=self.clock.now_ms, account=account, status="updated"))

    def move(self, region: str) -> None:
        """Move the installation's stored rows to another region."""
        self.services.kvs.move(self.installation.id, self.installation.region, region)
        self.installation.region = region

    # --- its end ----------------------------------------------------------------------------------------------------

    def finish(self) -> None:
        """Record every stored row, region by region, then let the stage's storage go."""
        home = self.installation.region
        self._take_inventory(home)
        for region in self._regions.existing():
            if region != home:
                self._take_inventory(region, even_empty=False)
        self.close()

    def _take_inventory(self, region: str, *, even_empty: bool = True) -> None:
        found = stored(hosted(self.services, self.installation, region))
        if found or even_empty:
            self.pen.write(Inventory(run=self.number, region=region, rows=found))

    def close(self) -> None:
        """Let the stage's storage go, without a record."""
        self._regions.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self.finish()
        finally:
            self.close()
