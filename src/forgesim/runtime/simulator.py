"""The simulator: one app, ready to run on stages; a stage is one site with its installation, clock and services."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from random import Random
from typing import Any, Literal

from forgesim.clock import VirtualClock, parse_time
from forgesim.egress.broker import Broker
from forgesim.egress.subprocessors.catalog import build as build_subprocessors
from forgesim.errors import InputError, InternalError, Problem
from forgesim.gateway.call import Installation, Invocation, Services
from forgesim.gateway.gateway import Gateway
from forgesim.ids import Ids, derive, derived_uuid
from forgesim.ledger.records import Cause, Inventory, Run, StoredRow
from forgesim.ledger.write import Pen, body_of
from forgesim.manifest.model import App
from forgesim.platform.kvs.service import Kvs
from forgesim.platform.kvs.stores import Regions
from forgesim.platform.llm.service import Llm
from forgesim.platform.log.service import LogBudget
from forgesim.products.confluence.service import Confluence
from forgesim.products.jira.service import Jira
from forgesim.runtime.context import arguments
from forgesim.runtime.dispatch import Dispatcher, Outcome, Task
from forgesim.runtime.runner import ServiceRunner
from forgesim.sandbox.host import Sandbox, Worker
from forgesim.sandbox.image import Image
from forgesim.site.facts import access_lists, digest, known_ids, parents, scan_index
from forgesim.site.model import Site

__all__ = ["Ask", "Handlers", "Simulator", "Stage"]

RunCause = Literal["run", "scenario", "fault", "explore", "probe", "ablation", "control"]

MAX_STEPS = 10_000
"""How often a result with a cursor is followed before the app is held to be going round in circles."""

IMPORT_MS = 10_000
"""Virtual time that loading the app's code may take."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Handlers:
    """What the app's code defines: function key → resolver keys (null for a plain handler), and what failed to load."""

    functions: Mapping[str, Sequence[str] | None]
    errors: Mapping[str, Mapping[str, str | None]]

    def find(self, name: str) -> tuple[str, str | None]:
        """``(function key, resolver key)`` of a name: ``RESOLVER``, ``FUNCTION`` or ``FUNCTION/RESOLVER``.

        Raises InputError with the names there are.
        """
        function, _, resolver = name.partition("/")
        if resolver and resolver in (self.functions.get(function) or ()):
            return function, resolver
        owners = [key for key, keys in self.functions.items() if name in (keys or ())]
        if len(owners) == 1:
            return owners[0], name
        if owners:
            hint = "say which: " + " or ".join(f"{owner}/{name}" for owner in owners)
            raise InputError(Problem(what=f"several functions define {name!r}", hint=hint))
        if name in self.functions:
            return name, None
        if self.errors:  # what failed to load may define it: the invocation fails with that error
            return next(iter(self.errors)), name
        near = get_close_matches(name, self.names(), 1)
        hint = f"did you mean {near[0]!r}? " if near else ""
        raise InputError(
            Problem(what=f"the app has no function {name!r}", hint=f"{hint}there are: {', '.join(self.names())}")
        )

    def names(self) -> list[str]:
        """Every name that ``find`` takes, resolver keys first."""
        resolvers = [key for keys in self.functions.values() for key in keys or ()]
        return [*resolvers, *(key for key, keys in self.functions.items() if keys is None)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A call to make: resolver or function name, payload, and the account that makes it (null: nobody)."""

    name: str
    payload: Any = None
    user: str | None = None
    cause: Cause = "user"
    step: int = 0


class Simulator:
    """One app in one sandbox. Stages share its workers' image, coverage, sequence and run numbers."""

    def __init__(
        self, *, app: App, image: Image, sandbox: Sandbox, ledger: Pen, seed: int = 0, warm: bool = False
    ) -> None:
        self.app = app
        self.image = image
        self.sandbox = sandbox
        self.ledger = ledger
        self.seed = seed
        self.warm = warm
        self.vendor = ServiceRunner(app, tier=sandbox.tier)
        self.hit: set[int] = set()
        self._runs = itertools.count(1)
        self._seq = itertools.count(1)
        self._indexed: set[str] = set()
        self._handlers: Handlers | None = None
        self._spare: Worker | None = None

    def stage(
        self,
        site: Site,
        *,
        cause: RunCause,
        label: str,
        seed: int | None = None,
        clock_ms: int | None = None,
        state: Path | None = None,
        model: str = "extractive",
        ledger: Pen | None = None,
        scopes: frozenset[str] | None = None,
    ) -> Stage:
        """A fresh installation of the app on ``site``; the site is written to as the app writes."""
        seed = self.seed if seed is None else seed
        clock = VirtualClock(site.clock_ms if clock_ms is None else clock_ms)
        regions = Regions(state)
        services = Services(
            kvs=Kvs(regions),
            llm=Llm(model),
            broker=Broker(build_subprocessors(self.app.trust.subprocessors, self.vendor)),
        )
        manifest = self.app.manifest
        installation = Installation(
            id=derived_uuid("installation", manifest.app_id, site.cloud_id),
            app=self.app,
            site=site,
            region=site.region,
            scopes=frozenset(manifest.scopes) if scopes is None else scopes,
            impersonates=frozenset(scope for scope, may in manifest.scopes.items() if may),
            egress=manifest.backend_egress(),
            confluence=Confluence(site),
            jira=Jira(site),
        )
        pen = ledger or self.ledger
        stage = Stage(self, pen, next(self._runs), seed, clock, services, installation, regions)
        self._write_run(stage, cause, label, pen)
        return stage

    def _write_run(self, stage: Stage, cause: RunCause, label: str, pen: Pen) -> None:
        site, installation = stage.installation.site, stage.installation
        if pen is not self.ledger:
            return
        site_digest = digest(site)
        first = site_digest not in self._indexed
        self._indexed.add(site_digest)
        pen.write(
            Run(
                run=stage.number,
                cause=cause,
                label=label,
                seed=stage.seed,
                clock=stage.clock.now_ms,
                site=site.name,
                site_digest=site_digest,
                installation=installation.id,
                region=installation.region,
                scopes=tuple(sorted(installation.scopes)),
                egress=tuple(entry.address for entry in installation.egress),
                analytics=installation.analytics,
                ids={kind: tuple(ids) for kind, ids in known_ids(site).items()} if first else {},
                access={who: tuple(refs) for who, refs in access_lists(site).items()} if first else {},
                parents=dict(parents(site)) if first else {},
                index=scan_index(site) if first else None,
            )
        )

    def handlers(self, stage: Stage) -> Handlers:
        """What the app defines, from loading it once. Raises InputError where a handler is missing."""
        if self._handlers is None:
            self._handlers = stage.load()
        return self._handlers

    def worker(self) -> tuple[Worker, bool]:
        """A worker for one invocation, and whether the app is already imported in it."""
        spare, self._spare = self._spare, None
        if spare is not None and spare.alive:
            return spare, True
        return self.sandbox.spawn(self.image), False

    def give_back(self, worker: Worker, *, untouched: bool = False) -> None:
        """A worker that is not needed any more: kept where reuse is asked for or no app function ran in it."""
        if (self.warm or untouched) and worker.alive and self._spare is None:
            self._spare = worker
        else:
            worker.close()

    def drop_spare(self) -> None:
        """Forget the kept worker: the next invocation starts fresh."""
        if self._spare is not None:
            self._spare.close()
            self._spare = None

    def close(self) -> None:
        self.drop_spare()
        self.vendor.close()

    def sequence(self) -> int:
        return next(self._seq)


class Stage:
    """One run: an installation on a site, with its own clock, storage, services and seed."""

    def __init__(
        self,
        simulator: Simulator,
        pen: Pen,
        number: int,
        seed: int,
        clock: VirtualClock,
        services: Services,
        installation: Installation,
        regions: Regions,
    ) -> None:
        self._regions = regions
        self.simulator = simulator
        self.number = number
        self.seed = seed
        self.clock = clock
        self.services = services
        self.installation = installation
        self.pen = pen
        self.ids = Ids(derive(seed, installation.id))
        self.gateway = Gateway(ledger=pen, clock=clock, services=services, sequence=simulator.sequence)
        self.dispatcher = Dispatcher(
            sandbox=simulator.sandbox,
            gateway=self.gateway,
            rng=Random(derive("order", seed)),  # noqa: S311 - the order of events, not a secret
            hit=simulator.hit,
            units=len(simulator.image.units),
        )

    # --- people and functions ------------------------------------------------------------------------------------

    def account(self, handle: str) -> str:
        """The account id of a person by handle or id. Raises InputError with the people there are."""
        users = self.installation.site.users
        if handle in users:
            return handle
        for user in users.values():
            if user.handle == handle:
                return user.account_id
        people = ", ".join(sorted(user.handle for user in users.values() if user.kind == "atlassian"))
        raise InputError(Problem(what=f"the site has no user {handle!r}", hint=f"there are: {people}"))

    def invocation(self, function: str, resolver: str | None, user: str | None, cause: Cause) -> Invocation:
        """A new root invocation at the present virtual time."""
        name = f"inv-{self.number}.{self.ids.next('n')[2:]}"
        timeout = self._timeout(function)
        now = self.clock.now_ms
        return Invocation(
            id=name,
            token=self.ids.token(name),
            run=self.number,
            root=name,
            parent=None,
            function=function,
            resolver=resolver,
            cause=cause,
            principal=user,
            installation=self.installation,
            opened_ms=now,
            deadline_ms=now + timeout * 1000,
            log_budget=LogBudget(timeout),
        )

    def _timeout(self, function: str) -> int:
        declared = self.simulator.app.manifest.functions.get(function)
        return declared.timeout_s if declared else IMPORT_MS // 1000

    # --- running --------------------------------------------------------------------------------------------------

    def load(self) -> Handlers:
        """Import the app's code in a worker and keep that worker for the first invocation.

        What the code tries while it loads is recorded under an invocation of cause ``import``.
        """
        invocation = self.invocation("(import)", None, None, "import")
        worker, _ = self.simulator.worker()
        ready = self.dispatcher.load(invocation, worker)
        if ready is None:
            worker.close()
            return Handlers(functions=dict.fromkeys(self.simulator.image.functions), errors={})
        missing = [e["message"] or key for key, e in ready.errors.items() if e.get("type") == "HandlerNotFound"]
        if missing:
            worker.close()
            path = str(self.simulator.app.path / "manifest.yml")
            raise InputError(
                *(Problem(what=text, file=path, hint="define it or mend the handler's name") for text in missing)
            )
        self.simulator.give_back(worker, untouched=True)
        functions = {key: ready.functions.get(key) for key in self.simulator.image.functions}
        return Handlers(functions=functions, errors=ready.errors)

    def together(self, asks: Sequence[Ask]) -> list[Outcome]:
        """Make the calls at the same virtual time; their crossings interleave as the stage's seed says."""
        if not self.installation.installed:
            raise InputError("the app is not installed any more: nothing can be called after uninstall")
        tasks = [self._task(ask) for ask in asks]
        outcomes = self.dispatcher.run(tasks)
        for task in tasks:
            self.simulator.give_back(task.worker)
        return outcomes

    def invoke(self, ask: Ask) -> Outcome:
        """Make one call once."""
        return self.together([ask])[0]

    def call(self, ask: Ask) -> Outcome:
        """Make a call, and again with the cursor of its result for as long as there is one."""
        for _ in range(MAX_STEPS):
            outcome = self.invoke(ask)
            cursor = outcome.result.get("cursor") if isinstance(outcome.result, dict) else None
            if not outcome.ok or cursor is None:
                return outcome
            payload = {**(ask.payload if isinstance(ask.payload, dict) else {}), "cursor": cursor}
            ask = Ask(name=ask.name, payload=payload, user=ask.user, cause=ask.cause, step=ask.step)
        return Outcome("error", type="EndlessCursor", message=f"the result had a cursor {MAX_STEPS} times")

    def _task(self, ask: Ask) -> Task:
        function, resolver = self.simulator.handlers(self).find(ask.name)
        invocation = self.invocation(function, resolver, ask.user, ask.cause)
        worker, ready = self.simulator.worker()
        return Task(
            invocation=invocation,
            worker=worker,
            arguments=arguments(
                self.installation, function=function, resolver=resolver, payload=ask.payload, user=ask.user
            ),
            input=ask.payload,
            seed=derive("guest", self.seed, invocation.id),
            step=ask.step,
            ready=ready,
        )

    # --- what an admin and time do --------------------------------------------------------------------------------

    def switch_analytics(self, on: bool) -> None:
        """The admin's switch for analytics egress; refusals while it is off carry the rule ``analytics-off``."""
        self.installation.switch_analytics(on)

    def instant(self, at: object) -> int:
        """Epoch ms of a time as a step writes it: RFC 3339 text or epoch ms. Raises InputError."""
        if isinstance(at, int):
            return at
        try:
            return parse_time(str(at))
        except ValueError:
            raise InputError(Problem(what=f"{at!r} is no time", hint="write it as 2026-01-05T09:00:00Z")) from None

    def uninstall(self) -> None:
        """Remove the app: hosted storage of the installation goes, and calls are refused from now on."""
        self.services.kvs.drop(self.installation.id)
        self.installation.installed = False

    def move(self, region: str) -> None:
        """Move the installation's stored rows to another region."""
        self.services.kvs.move(self.installation.id, self.installation.region, region)
        self.installation.region = region

    def finish(self) -> None:
        """Record every stored row, region by region, then let the stage's storage go."""
        home = self.installation.region
        self._take_inventory(home)
        for region in self._regions.existing():
            if region != home:
                self._take_inventory(region, even_empty=False)
        self._regions.close()

    def _take_inventory(self, region: str, *, even_empty: bool = True) -> None:
        found = []
        for store, key, text in self.services.kvs.rows(self.installation.id, region):
            body = body_of(text.encode())
            if body is None:
                raise InternalError(f"an empty stored value under {key!r}")
            found.append(StoredRow(store, key, body))
        if found or even_empty:
            self.pen.write(Inventory(run=self.number, region=region, rows=tuple(found)))
