"""The part of a proof that is played in pairs and compared: what there is to do, and doing any one lot of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from forgesim.errors import InternalError
from forgesim.ledger.records import Record, Trial
from forgesim.manifest.model import App, Scenario
from forgesim.proof.explore import Played
from forgesim.proof.measures import followed, measure
from forgesim.proof.removal import compare_reinstalled
from forgesim.proof.rendering import compare_warm, parties
from forgesim.proof.sites import Sites
from forgesim.proof.tenants import compare_tenants
from forgesim.proof.trials import Plan, compare_twins
from forgesim.proof.viewers import compare_viewers
from forgesim.proof.way import Way
from forgesim.runtime.simulator import Simulator

__all__ = ["Lot", "Pairs", "share_of"]

WARM, VIEWERS, TENANTS, REMOVED, MEASURED, TWINS = (
    "warm requests", "two viewers", "two tenants", "removals", "measures", "twin trials",
)  # fmt: skip
"""Kinds of lots, in the order of their records."""

AT_LEAST: Mapping[str, int] = {WARM: 5, VIEWERS: 2, TENANTS: 2}
"""Pairs that are played of each kind, where there are as many twin pairs."""

ONE_IN = 20
"""And one for so many twin pairs. A pair of viewers and one of tenants take about as long as one of twins each, one of
warm requests three times as long: together a tenth to a fifth of the time that the twins do."""


MOST_WAYS = 6
"""Ways that bring the app to code which no scenario runs, played by two viewers and by two tenants too."""


class Lot(NamedTuple):
    """One pair of a kind, by its number from 0 on."""

    kind: str
    number: int


def share_of(kind: str, trials: int) -> int:
    """How many pairs of a kind go with so many pairs of twins."""
    return min(trials, max(AT_LEAST[kind], trials // ONE_IN))


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairs:
    """All that lots rest on besides the app: data, so that another process can have it. ``ways`` have to be taken by
    twins too."""

    scenarios: Sequence[Scenario]
    played: Played
    plan: Plan
    ways: Sequence[Way]
    trials: int
    seed: int

    def lots(self, app: App) -> list[Lot]:
        """What there is to do, in the order of the ledger."""
        singly = len(self.plan.of(0)) if self.trials else 0
        counts = {
            WARM: share_of(WARM, self.trials) if parties(app) else 0,
            VIEWERS: share_of(VIEWERS, self.trials),
            TENANTS: share_of(TENANTS, self.trials),
            REMOVED: singly,
            MEASURED: singly if followed(app.trust) else 0,
            TWINS: self.trials,
        }
        return [Lot(kind, number) for kind, count in counts.items() for number in range(count)]

    def do(self, lot: Lot, simulator: Simulator) -> tuple[Trial, ...]:
        """The records of a lot: the same ones in every process, whatever that has done before."""
        kept = _Kept()
        before, simulator.ledger = simulator.ledger, kept
        simulator.vendor.forget()
        try:
            self._play(lot, simulator)
        finally:
            simulator.ledger = before
        return tuple(kept.trials)

    def _play(self, lot: Lot, simulator: Simulator) -> None:
        kind, pair = lot
        app, seed = simulator.app, self.seed
        sites = Sites(app, seed)
        site_of, small = sites.build, partial(sites.small, scenarios=self.scenarios)
        match kind:
            case "warm requests":
                compare_warm(simulator, self.played, pair=pair, seed=seed, site_of=site_of)
            case "two viewers":
                compare_viewers(
                    simulator,
                    self.scenarios,
                    ways=self._reaching(VIEWERS, pair),
                    pair=pair,
                    seed=seed,
                    site_of=site_of,
                )
            case "two tenants":
                ways = [*map(Way, self.scenarios), *self._reaching(TENANTS, pair)]
                compare_tenants(simulator, ways, pair=pair, seed=seed, site_of=site_of)
            case "removals":
                compare_reinstalled(simulator, self.plan.of(0)[pair], pair=pair, seed=seed, site_of=small)
            case "measures":
                measure(simulator, self.plan.of(0)[pair], number=pair, seed=seed, site_of=small)
            case "twin trials":
                compare_twins(
                    simulator,
                    self.plan,
                    ways=self.ways,
                    pair=pair,
                    pairs=self.trials,
                    seed=seed,
                    sites=sites,
                )
            case _:
                raise InternalError(f"there are no lots of {kind!r}")

    def _reaching(self, kind: str, pair: int) -> list[Way]:
        """The pair's share of what brings the app to code that no scenario runs: what that remembers, it may remember
        of anybody. Two viewers make their calls many times, and no failure lasts that long."""
        ways = [way for way in self.ways if not way.names_ids and not (kind == VIEWERS and way.failures)]
        ways.sort(key=lambda way: len(way.failures))
        return ways[:MOST_WAYS][pair :: share_of(kind, self.trials)]


class _Kept:
    """A pen that keeps the trial records of one lot."""

    def __init__(self) -> None:
        self.trials: list[Trial] = []

    def write(self, record: Record) -> None:
        if not isinstance(record, Trial):
            raise InternalError(f"a lot writes a {type(record).__name__} record")
        self.trials.append(record)

    def flush(self) -> None:
        """Nothing to hand on."""
