"""``prove``: scenarios → failures → ablation → probes → viewers, removals → what is played in pairs → verdicts, in one
ledger."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from forgesim.claims.case import Case
from forgesim.claims.catalog import CATALOG_VERSION
from forgesim.claims.judge import look_ahead, verdicts_of
from forgesim.claims.kit import Verdict
from forgesim.errors import InputError, Problem
from forgesim.ledger.pens import Pens, open_pens
from forgesim.ledger.read import Ledger, LedgerReader
from forgesim.ledger.records import Coverage
from forgesim.manifest.model import App
from forgesim.proof.ablate import run_ablations
from forgesim.proof.callers import asked_names
from forgesim.proof.explore import Played, Watch, explore_failures, play_scenarios
from forgesim.proof.pairs import Pairs
from forgesim.proof.probes import probe_hosts, probe_writes
from forgesim.proof.removal import record_removals
from forgesim.proof.reporting import record_reporting
from forgesim.proof.search import MOST_PLAYS, explore
from forgesim.proof.share import Shared
from forgesim.proof.sites import Sites
from forgesim.proof.trials import Plan
from forgesim.proof.viewers import record_viewers
from forgesim.proof.way import Way
from forgesim.runtime.handlers import Handlers
from forgesim.runtime.header import content_salt, header
from forgesim.runtime.simulator import Simulator
from forgesim.sandbox.host import Sandbox
from forgesim.sandbox.image import build_image
from forgesim.source.guards import Map
from forgesim.source.look import look
from forgesim.source.program import program_of

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


def prove(
    app: App,
    *,
    sandbox: Callable[[], Sandbox],
    ledger: Path | None = None,
    bodies: bool = False,
    trials: int = 20,
    seed: int = 0,
    plays: int = MOST_PLAYS,
    progress: Progress | None = None,
    hands: Callable[[], int] = lambda: 1,
) -> Proof:
    """Prove one app; ``sandbox`` is asked for one once the app and its sites have been read. ``hands``: how many
    processes may work on it now, this one among them; the ledger is the same whatever it says. ``plays``: how many ways
    exploration tries at most; code that it does not get to leaves claims UNPROVEN.

    Raises InputError for what the app or its scenarios get wrong.
    """
    progress = progress or Quiet()
    if not app.trust.scenarios:
        raise InputError(Problem(what="trust.yml has no scenarios", file=str(app.trust.path), hint="add one to prove"))
    image = build_image(app, coverage=True)
    sites = Sites(app, seed)
    worlds = [sites(name).copy() for name in dict.fromkeys(scenario.site for scenario in app.trust.scenarios)]
    keep = bodies or ledger is None or all(world.synthetic for world in worlds)
    walls = sandbox()
    with open_pens(ledger, salt=None if keep else content_salt(worlds)) as pens:
        pens.write(header(app, image, walls, catalog=CATALOG_VERSION, bodies=True))
        watch = Watch(pens)
        simulator = Simulator(app=app, image=image, sandbox=walls, ledger=watch, seed=seed)
        # What is compared counts for no coverage, so it is the app's code as it stands that runs there.
        bare = Simulator(app=app, image=build_image(app, coverage=False), sandbox=walls, ledger=watch, seed=seed)
        try:
            with Shared(bare, hands) as shared:
                if trials:
                    shared.invite()
                pairs = _recorded(simulator, sites, watch, trials, plays, progress)
                hit = frozenset(simulator.hit)
                reader = LedgerReader(str(ledger or "ledger"))
                case = Case(_read_on(reader, pens), app.trust)
                _paired(pairs, shared, simulator.workers.handlers, watch, progress, look_ahead(case))
        finally:
            bare.close()
            simulator.close()
        if (
            app.language == "python" or image.units
        ):  # JavaScript that is not bundled has no probes: nobody knows what ran
            pens.write(Coverage(hit=tuple(sorted(hit)), dynamic=image.dynamic, notes=_notes(app, image.dynamic)))
        pens.finish()
        _read_on(reader, pens)
        reader.finished()
    return Proof(app=app, ledger=case.ledger, verdicts=verdicts_of(case))


def _read_on(reader: LedgerReader, pens: Pens) -> Ledger:
    """Read what was written since; all of it so far."""
    for line in pens.stream(reader.size):
        reader.take(line)
    return reader.so_far()


def _notes(app: App, dynamic: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """What a look at the source finds."""
    notes = look(Map(program_of(app.sources)), dynamic=dynamic, handlers=app.handler_names)
    return tuple((note.line, note.says) for note in notes)


def _recorded(simulator: Simulator, sites: Sites, watch: Watch, trials: int, plays: int, progress: Progress) -> Pairs:
    """Everything of which the ledger has each crossing. Returns what is to be played in pairs."""
    app = simulator.app
    scenarios = app.trust.scenarios
    played, ways = _explored(simulator, sites, watch, plays, progress)
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
    record_viewers(simulator, scenarios, sites, asked_names(app, program_of(app.sources)))
    progress.step()
    record_removals(simulator, plan.of(0), sites, progress.step)
    record_reporting(simulator, scenarios, sites, progress.step)
    watch.take()
    return Pairs(scenarios=scenarios, played=played, plan=plan, ways=ways, trials=trials, seed=simulator.seed)


def _explored(
    simulator: Simulator, sites: Sites, watch: Watch, plays: int, progress: Progress
) -> tuple[Played, tuple[Way, ...]]:
    """The scenarios, and what failures, switches and missing scopes reveal: ways that twins have to take too."""
    app = simulator.app
    scenarios = app.trust.scenarios
    switch = any((entry.category or "").lower() == "analytics" for entry in app.manifest.backend_egress())
    progress.phase("scenarios", len(scenarios) * (3 if switch else 2))
    played = play_scenarios(simulator, scenarios, sites, watch, progress.step, switch=switch)
    progress.phase("failures", 0)
    failed = explore_failures(simulator, played, sites, watch, progress.grow, progress.step)
    progress.phase("exploration", 0)
    explored = explore(simulator, played, sites, watch, progress.grow, progress.step, most=plays)
    # After the failures: what a missing scope reveals, a failure has revealed before, and twins take it from there.
    progress.phase("scopes", len(app.manifest.scopes))
    run_ablations(simulator, played, sites, progress.step)
    watch.take()
    return played, (*played.revealing, *failed, *explored)


def _paired(
    pairs: Pairs,
    shared: Shared,
    handlers: Handlers | None,
    watch: Watch,
    progress: Progress,
    meanwhile: Iterator[None],
) -> None:
    """What is compared, and judged by nothing else: the ledger has one record for each comparison."""
    lots = pairs.lots(shared.app)
    kind = None
    for done in shared.run(pairs, lots, handlers, meanwhile):
        if done.lot.kind != kind:
            kind = done.lot.kind
            progress.phase(kind, sum(lot.kind == kind for lot in lots))
        for trial in done.trials:
            watch.write(trial)
        progress.step()
