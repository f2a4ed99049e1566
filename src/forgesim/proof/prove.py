"""``prove``: scenarios → failures → ablation → probes → viewers, removals → warm requests → two viewers, two tenants →
twin trials → verdicts, in one ledger."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from forgesim.claims.catalog import CATALOG_VERSION
from forgesim.claims.catalog.rendering_keeps_nothing import RENDERERS
from forgesim.claims.judge import judge
from forgesim.claims.kit import Verdict
from forgesim.errors import InputError, Problem
from forgesim.ledger.pens import open_pens
from forgesim.ledger.read import Ledger, parse
from forgesim.ledger.records import Coverage
from forgesim.manifest.model import App, Scenario
from forgesim.proof.ablate import run_ablations
from forgesim.proof.explore import Watch, explore_failures, play_scenarios
from forgesim.proof.probes import probe_hosts, probe_writes
from forgesim.proof.removal import record_removals, run_reinstalls
from forgesim.proof.rendering import MOST_PAIRS, run_warm
from forgesim.proof.reporting import record_reporting
from forgesim.proof.search import explore
from forgesim.proof.tenants import run_tenants
from forgesim.proof.trials import Plan, run_trials
from forgesim.proof.viewers import record_viewers, run_viewers
from forgesim.runtime.header import content_salt, header
from forgesim.runtime.simulator import Simulator
from forgesim.sandbox.host import Sandbox
from forgesim.sandbox.image import build_image
from forgesim.site.facts import clone
from forgesim.site.model import Site
from forgesim.site.open import asks_for_jira, open_site

__all__ = ["Progress", "Proof", "prove"]


class Progress(Protocol):
    """How far a proof is: phases with a number of steps that may grow."""

    def phase(self, name: str, total: int) -> None: ...

    def grow(self, by: int) -> None: ...

    def step(self) -> None: ...


class Quiet:
    """No progress display."""

    def phase(self, name: str, total: int) -> None: ...

    def grow(self, by: int) -> None: ...

    def step(self) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What a proof found: the ledger it judged and one verdict per claim of the catalog."""

    app: App
    ledger: Ledger
    verdicts: tuple[Verdict, ...]


class Sites:
    """The sites that scenarios name, built once per seed and cloned per run; ``demo`` becomes ``proof``."""

    def __init__(self, base: Path, seed: int, *, jira: bool) -> None:
        self._base = base
        self._jira = jira
        self._seed = seed
        self._built: dict[tuple[str, int], Site] = {}

    def build(self, name: str, seed: int) -> Site:
        return open_site("proof" if name == "demo" else name, seed=seed, base=self._base, jira=self._jira)

    def __call__(self, name: str) -> Site:
        key = (name, self._seed)
        if key not in self._built:
            self._built[key] = self.build(name, self._seed)
        return clone(self._built[key])


def prove(
    app: App,
    *,
    sandbox: Callable[[], Sandbox],
    ledger: Path | None = None,
    bodies: bool = False,
    trials: int = 20,
    seed: int = 0,
    progress: Progress | None = None,
) -> Proof:
    """Prove one app; ``sandbox`` is asked for one once the app and its sites have been read.

    Raises InputError for what the app or its scenarios get wrong.
    """
    progress = progress or Quiet()
    if not app.trust.scenarios:
        raise InputError(Problem(what="trust.yml has no scenarios", file=str(app.trust.path), hint="add one to prove"))
    image = build_image(app, coverage=True)
    sites = Sites(app.path, seed, jira=asks_for_jira(app.manifest.scopes))
    worlds = [sites(name) for name in dict.fromkeys(scenario.site for scenario in app.trust.scenarios)]
    keep = bodies or ledger is None or all(world.synthetic for world in worlds)
    walls = sandbox()
    with open_pens(ledger, salt=None if keep else content_salt(worlds)) as pens:
        pens.write(header(app, image, walls, catalog=CATALOG_VERSION, bodies=True))
        watch = Watch(pens)
        simulator = Simulator(app=app, image=image, sandbox=walls, ledger=watch, seed=seed)
        try:
            hit = _phases(simulator, app, sites, watch, trials, seed, progress)
        finally:
            simulator.close()
        pens.write(Coverage(hit=tuple(sorted(hit)), dynamic=image.dynamic))
        pens.finish()
        found = parse(pens.stream(), str(ledger or "ledger"))
    return Proof(app=app, ledger=found, verdicts=judge(found, app.trust))


def _phases(
    simulator: Simulator, app: App, sites: Sites, watch: Watch, trials: int, seed: int, progress: Progress
) -> frozenset[int]:
    """Everything that a proof runs. Returns the units that ran where crossings were recorded: what runs in trials
    only is compared, and judged by nothing else."""
    scenarios = app.trust.scenarios
    switch = any((entry.category or "").lower() == "analytics" for entry in app.manifest.backend_egress())
    progress.phase("scenarios", len(scenarios) * (3 if switch else 2))
    played = play_scenarios(simulator, scenarios, sites, watch, progress.step, switch=switch)
    progress.phase("failures", 0)
    failed = explore_failures(simulator, played, sites, watch, progress.grow, progress.step)
    progress.phase("exploration", 0)
    explored = explore(simulator, played, sites, watch, progress.grow, progress.step)
    # After the failures: what a missing scope reveals, a failure has revealed before, and twins take it from there.
    progress.phase("scopes", len(app.manifest.scopes))
    run_ablations(simulator, played, sites, progress.step)
    watch.take()
    progress.phase("probes", 2)
    site = sites(scenarios[0].site)
    with simulator.stage(site, cause="probe", label="what the platform would refuse") as stage:
        user = stage.account("alice")
        probe_writes(stage, user)
        progress.step()
        probe_hosts(stage, user)
        progress.step()
    plan = Plan(scenarios, played.exits)
    progress.phase("viewers, removals", 1 + len(plan.of(0)) + len(scenarios))
    record_viewers(simulator, scenarios, sites)
    progress.step()
    record_removals(simulator, plan.of(0), sites, progress.step)
    record_reporting(simulator, scenarios, sites, progress.step)
    watch.take()
    recorded = frozenset(simulator.hit)
    if any(party.service.get("kind") in RENDERERS for party in app.trust.subprocessors):
        pairs = min(trials, MOST_PAIRS)
        progress.phase("warm requests", pairs)
        run_warm(simulator, played, pairs=pairs, seed=seed, site_of=sites.build, done=progress.step)
    _apart(simulator, scenarios, plan, sites, trials, seed, progress)
    progress.phase("twin trials", trials)
    run_trials(
        simulator,
        plan,
        ways=(*played.revealing, *failed, *explored),
        trials=trials,
        seed=seed,
        site_of=sites.build,
        done=progress.step,
    )
    return recorded


def _apart(
    simulator: Simulator,
    scenarios: Sequence[Scenario],
    plan: Plan,
    sites: Sites,
    trials: int,
    seed: int,
    progress: Progress,
) -> None:
    """Trials in which one process serves two people, two customers, or two installations in turn."""
    pairs = min(trials, 2)
    removed = plan.of(0) if trials else []
    progress.phase("two viewers, two tenants", 2 * pairs + len(removed))
    run_viewers(simulator, scenarios, pairs=pairs, seed=seed, site_of=sites.build, done=progress.step)
    run_tenants(simulator, scenarios, pairs=pairs, seed=seed, site_of=sites.build, done=progress.step)
    run_reinstalls(simulator, removed, seed=seed, site_of=sites.build, done=progress.step)
