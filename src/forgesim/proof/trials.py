"""Twin trials: the same user actions on two sites that differ in every word; what is stored and sent may not differ."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from forgesim.ids import derive
from forgesim.ledger.records import Trial
from forgesim.manifest.model import Scenario
from forgesim.proof.explore import Exit, Way
from forgesim.proof.tap import CHANNELS, Tap
from forgesim.runtime.simulator import Simulator
from forgesim.site.facts import clone
from forgesim.site.model import Site
from forgesim.site.twin import twin

__all__ = ["Plan", "run_trials"]

SiteOf = Callable[[str, int], Site]


class Plan:
    """Which scenarios a pair plays: those that between them reach every exit, and one of the others in turn; more
    than one where there are fewer pairs than others, so that each is played."""

    def __init__(self, scenarios: Sequence[Scenario], exits: Mapping[str, frozenset[Exit]]) -> None:
        left = set().union(*exits.values()) if exits else set()
        cover: list[Scenario] = []
        while left:
            best = max(scenarios, key=lambda scenario: len(exits[scenario.name] & left))
            cover.append(best)
            left -= exits[best.name]
        self._cover = [scenario for scenario in scenarios if scenario in cover]
        self._others = [scenario for scenario in scenarios if scenario not in cover]

    def of(self, pair: int, pairs: int | None = None) -> list[Scenario]:
        """The scenarios of a pair of ``pairs`` (null: enough), in the order of trust.yml but for the last ones."""
        if not self._others:
            return self._cover
        if pairs is not None and pairs < len(self._others):
            return [*self._cover, *self._others[pair::pairs]]
        return [*self._cover, *self._others[pair % len(self._others) :][:1]]


def run_trials(
    simulator: Simulator,
    plan: Plan,
    *,
    ways: Sequence[Way] = (),
    trials: int,
    seed: int,
    site_of: SiteOf,
    done: Callable[[], None],
) -> None:
    """``trials`` pairs of twin sites; one Trial record per pair, scenario and channel.

    Each scenario runs on A and B. It runs on A again the first time that it is played, and wherever A and B differ:
    only then is a difference the content's doing, and not chance. ``ways`` are played in one pair each: those that
    ran code which no scenario runs by itself.
    """
    repeated: set[str] = set()
    for pair in range(trials):
        pair_seed = derive("pair", seed, pair) % 2**31
        twins: dict[str, tuple[Site, Site]] = {}
        for way in (*map(Way, plan.of(pair, trials)), *ways[pair::trials]):
            name = way.scenario.site
            if name not in twins:
                site = site_of(name, pair_seed)
                twins[name] = site, twin(site, pair_seed)
            _pair(simulator, way, twins[name], pair, pair_seed, repeated)
        done()


def _pair(
    simulator: Simulator,
    way: Way,
    sites: tuple[Site, Site],
    pair: int,
    seed: int,
    repeated: set[str],
) -> None:
    a, b = (_observe(simulator, way, site, seed) for site in sites)
    free = a.free_beside(b)
    alike = all(a.digest(channel, free) == b.digest(channel, free) for channel in CHANNELS)
    again = None
    if not alike or way.label not in repeated:
        repeated.add(way.label)
        again = _observe(simulator, way, sites[0], seed)
    for channel in CHANNELS:
        of_a, of_b = a.digest(channel, free), b.digest(channel, free)
        simulator.ledger.write(
            Trial(
                run=0,
                pair=pair,
                seed=seed,
                scenario=way.label,
                channel=channel,
                a=of_a,
                again=again.digest(channel, free) if again else None,
                b=of_b,
                crossings=len(a.sunk[channel]),
                first=a.first_difference(b, channel, free) if of_a != of_b else None,
                sizes=len(free) if channel == "logged" else 0,
            )
        )


def _observe(simulator: Simulator, way: Way, site: Site, seed: int) -> Tap:
    tap = Tap(tuple(simulator.app.trust.sends.values()))
    with simulator.stage(
        clone(site), cause="scenario", label=way.label, seed=seed, ledger=tap, analytics=way.analytics
    ) as stage:
        way.play(stage)
    return tap
