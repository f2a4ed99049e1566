"""The simulator: one app, ready to run on stages; a stage is one site with its installation, clock and services."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import msgspec

from forgesim.clock import VirtualClock
from forgesim.egress.broker import Broker
from forgesim.egress.live import Connector, LiveEgress
from forgesim.egress.subprocessors.catalog import build as build_subprocessors
from forgesim.errors import InternalError
from forgesim.gateway.answers import Shelf
from forgesim.gateway.call import Installation, Services
from forgesim.ids import derived_uuid
from forgesim.ledger.records import Run
from forgesim.ledger.write import Pen
from forgesim.manifest.model import App
from forgesim.manifest.remotes import remotes_of
from forgesim.platform.kvs.limits import QUERY_LAG_MS
from forgesim.platform.kvs.service import Kvs
from forgesim.platform.kvs.stores import Regions
from forgesim.platform.llm.service import Llm
from forgesim.platform.queue.limits import MOST_RUNS
from forgesim.platform.queue.service import Delivery, QueueService
from forgesim.platform.remote.service import InvocationTokens
from forgesim.platform.webtrigger.service import WebTriggers
from forgesim.products.confluence.service import Confluence
from forgesim.products.jira.service import Jira
from forgesim.runtime.ask import Ask
from forgesim.runtime.dispatch import REAL_SECONDS
from forgesim.runtime.happenings import lifecycle
from forgesim.runtime.runner import ServiceRunner
from forgesim.runtime.stage import Stage
from forgesim.runtime.workers import Workers
from forgesim.sandbox.host import Sandbox
from forgesim.sandbox.image import Image
from forgesim.site.facts import access_lists, digest, known_ids, parents, scan_index
from forgesim.site.model import Site
from forgesim.site.original import Original

__all__ = ["MAX_STEPS", "MOST_RIGHTS", "Ask", "Simulator", "Stage"]

RunCause = Literal["run", "scenario", "fault", "explore", "probe", "ablation", "control"]

PROOF_RUNS = 12
"""Runs of an event in a proof, which plays every scenario many times: 1 h 2 min of the platform's back-off."""

MOST_RIGHTS = 250_000
"""People times pages and issues. On a larger site, such a list of who may read what is most of the ledger, and most of
the time that a run takes."""

MAX_STEPS = 1_000
"""How often a result with a cursor is followed before the app is held to be going round in circles."""


class Simulator:
    """One app in one sandbox. Stages share its workers' image, coverage, sequence and run numbers.

    ``real_seconds``: real time after which an invocation is killed; ``max_steps``: how often a cursor is followed.
    ``quotas``: whether invocations count against the platform's limits of size and rate.
    """

    def __init__(
        self,
        *,
        app: App,
        image: Image,
        sandbox: Sandbox,
        ledger: Pen,
        seed: int = 0,
        warm: bool = False,
        real_seconds: float = REAL_SECONDS,
        max_steps: int = MAX_STEPS,
        quotas: bool = True,
    ) -> None:
        self.app = app
        self.ledger = ledger
        self.seed = seed
        self.tokens = InvocationTokens(seed)
        self.workers = Workers(image=image, sandbox=sandbox, warm=warm)
        self.vendor = self.runner()
        self._real_seconds = real_seconds
        self._max_steps = max_steps
        self._quotas = quotas
        self._runs = itertools.count(1)
        self._seq = itertools.count(1)
        self._indexed: set[str] = set()
        self._shelf = Shelf()

    @property
    def hit(self) -> set[int]:
        """Coverage units that ran on any stage."""
        return self.workers.hit

    def jwks(self) -> dict[str, Any]:
        """The key set by which a remote verifies the tokens of this run. Needs the extra ``[remote]``."""
        return self.tokens.jwks()

    def runner(self) -> ServiceRunner:
        """What runs the code of vendors, with processes of its own. Where the app has remotes, handlers find the key
        set in the environment variable ``FORGE_JWKS``: on AWS they would fetch it, and here they reach nothing."""
        known = {}
        if remotes_of(self.app.manifest.data) and self.tokens.can_sign():
            known["FORGE_JWKS"] = msgspec.json.encode(self.jwks()).decode()
        return ServiceRunner(self.app, tier=self.workers.sandbox.tier, variables=known)

    def broker(self, live: LiveEgress | None = None) -> Broker:
        """What stands behind the declared hosts, as new."""
        services = build_subprocessors(self.app.trust.subprocessors, self.vendor)
        return Broker(services, Connector(live=live) if live else None)

    def apart(self, *, counted: bool = False) -> Workers:
        """Workers of their own, of which one is kept from call to call and from stage to stage, as Forge may do with
        installations of different sites. What runs in them counts for coverage where it is to be ``counted``. Close
        them after use."""
        workers = Workers(image=self.workers.image, sandbox=self.workers.sandbox, warm=True)
        workers.handlers = self.workers.handlers
        if counted:
            workers.hit = self.workers.hit
        return workers

    def stage(
        self,
        site: Site | Original,
        *,
        cause: RunCause,
        label: str,
        seed: int | None = None,
        clock_ms: int | None = None,
        state: Path | None = None,
        model: str | Sequence[str | Mapping[str, Any]] = "extractive",
        ledger: Pen | None = None,
        scopes: frozenset[str] | None = None,
        analytics: bool = True,
        workers: Workers | None = None,
        live: LiveEgress | None = None,
        delivery: Delivery | None = None,
        people: Collection[str] | None = None,
    ) -> Stage:
        """A fresh installation of the app on ``site``, or on a copy of an original; it is written to as the app writes.

        ``model`` answers for Forge LLM: ``extractive``, ``echo``, ``adversarial``, or replies that are said in turn.
        ``ledger`` takes the stage's records instead of the simulator's. Such a stage is no run of the simulator's
        ledger: it has the number 0, so that it is the same each time. ``workers``: others than the simulator's.
        ``live`` sends requests out of the machine, for stages of cause ``run`` alone: raises InternalError for one that
        scenarios are explored, probed or tried on. ``delivery``: how events of queues come; by default one by one,
        each once and in order on stages of cause ``run``, and on all others as Forge has it: in any order, some twice,
        but those that fail for ever no more than ``PROOF_RUNS`` times. ``people``: accounts that calls are made for;
        what others may read is recorded too unless that is more than ``MOST_RIGHTS``.
        """
        if live is not None and (cause != "run" or ledger is not None):
            raise InternalError(f"live egress is for run alone, and this stage is for {cause} {label!r}")
        site, site_digest = (site.copy(), site.digest) if isinstance(site, Original) else (site, digest(site))
        regions = Regions(state)
        drawn = self.seed if seed is None else seed
        proves = cause != "run"
        usual = Delivery(seed=drawn, reorders=proves, duplicates=proves, most_runs=PROOF_RUNS if proves else MOST_RUNS)
        try:
            kvs = Kvs(regions, query_lag_ms=QUERY_LAG_MS)
            installation = self._installation(
                site, kvs, scopes, analytics=analytics, live=live.hosts if live else frozenset()
            )
            installation.answers = self._shelf.about(site_digest)
            services = Services(
                kvs=kvs,
                llm=Llm(model),
                broker=self.broker(live),
                queue=QueueService(delivery or usual),
                webtriggers=self._webtriggers(site),
                tokens=self.tokens,
            )
            stage = Stage(
                app=self.app,
                workers=workers or self.workers,
                pen=ledger or self.ledger,
                number=next(self._runs) if ledger is None else 0,
                seed=drawn,
                clock=VirtualClock(site.clock_ms if clock_ms is None else clock_ms),
                services=services,
                installation=installation,
                regions=regions,
                sequence=lambda: next(self._seq),
                real_seconds=self._real_seconds,
                max_steps=self._max_steps,
                quotas=self._quotas,
            )
            if ledger is None:
                self._write_run(stage, cause, label, site_digest, people)
        except BaseException:
            regions.close()
            raise
        return stage

    def upgrade(self, stage: Stage, app: App, image: Image, *, major: bool) -> None:
        """Put another version of the app on a stage of this simulator, whose other stages have ended. What happens from
        now on is another run in the ledger; the app is told of a ``major`` upgrade, to which an administrator has
        consented."""
        sandbox, was = self.workers.sandbox, self.workers
        self.close()
        self.app = app
        self.workers = Workers(image=image, sandbox=sandbox, warm=was.warm)
        self.vendor = self.runner()
        stage.upgrade(app, workers=self.workers, broker=self.broker(), number=next(self._runs))
        stage.services.webtriggers = self._webtriggers(stage.installation.site)
        self._write_run(stage, "run", f"version {app.version}", digest(stage.installation.site))
        if major:
            stage.happen(lifecycle("upgraded", stage.installation))
            stage.deliveries.drain()

    def _webtriggers(self, site: Site) -> WebTriggers:
        manifest = self.app.manifest
        forms = {m.key: str(m.data.get("urlFormat", "v1")) for m in manifest.modules if m.type == "webtrigger"}
        return WebTriggers(app_id=manifest.app_id, site=site.cloud_id, forms=forms)

    def _installation(
        self, site: Site, kvs: Kvs, scopes: frozenset[str] | None, *, analytics: bool, live: frozenset[str]
    ) -> Installation:
        """Its region is the site's, or the one that an earlier run on the same state folder moved its rows to."""
        manifest = self.app.manifest
        id_ = derived_uuid("installation", manifest.app_id, site.cloud_id)
        return Installation(
            id=id_,
            app=self.app,
            site=site,
            region=kvs.home(id_, site.region),
            scopes=frozenset(manifest.scopes) if scopes is None else scopes,
            impersonates=frozenset(scope for scope, may in manifest.scopes.items() if may),
            egress=manifest.backend_egress(),
            confluence=Confluence(site),
            jira=Jira(site),
            analytics=analytics,
            live=live,
        )

    def _write_run(
        self, stage: Stage, cause: RunCause, label: str, site_digest: str, people: Collection[str] | None = None
    ) -> None:
        site, installation = stage.installation.site, stage.installation
        first = site_digest not in self._indexed
        self._indexed.add(site_digest)
        if len(site.users) * (len(site.pages) + len(site.issues)) <= MOST_RIGHTS:
            people = None
        self.ledger.write(
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
                admins=tuple(user.account_id for user in site.users.values() if user.admin),
                ids={kind: tuple(ids) for kind, ids in known_ids(site).items()} if first else {},
                access={who: tuple(refs) for who, refs in access_lists(site, people).items()} if first else {},
                parents=dict(parents(site)) if first else {},
                index=scan_index(site) if first else None,
                imported=not site.synthetic,
                live=tuple(sorted(installation.live)),
            )
        )

    def close(self) -> None:
        """Stop the worker that is kept for reuse, and the vendor's services."""
        self.workers.close()
        self.vendor.close()
