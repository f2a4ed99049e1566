"""Twin trials: the same user actions on two sites that differ in every word; what is stored and sent may not differ.

Where an app may keep nothing of who people are, also on a third: the words are the first's, the account ids others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from forgesim.claims.catalog.keeps_no_personal_data import PEOPLE
from forgesim.ids import derive
from forgesim.ledger.records import Trial
from forgesim.manifest.model import Scenario, Step
from forgesim.proof.explore import Exit
from forgesim.proof.tap import CHANNELS, Tap
from forgesim.proof.way import Way
from forgesim.runtime.simulator import Simulator
from forgesim.site.facts import clone
from forgesim.site.model import Site
from forgesim.site.renamed import Renaming, renaming
from forgesim.site.twin import twin

__all__ = ["MOST_RENAMED", "Plan", "run_trials"]

SiteOf = Callable[[str, int], Site]

MOST_RENAMED = 3
"""Pairs in which a way is played under other account ids too."""


@dataclass(slots=True)
class _Played:
    """How often each way was repeated on the same site, and under other account ids."""

    again: set[str] = field(default_factory=set)
    renamed: Counter[str] = field(default_factory=Counter)


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
    ran code which no scenario runs by itself. Up to ``MOST_RENAMED`` times each is played on A under other account
    ids, which are written back before the two are compared: what differs then depends on who people are.
    """
    played = _Played()
    for pair in range(trials):
        pair_seed = derive("pair", seed, pair) % 2**31
        twins: dict[str, tuple[Site, Site]] = {}
        for way in (*map(Way, plan.of(pair, trials)), *ways[pair::trials]):
            name = way.scenario.site
            if name not in twins:
                site = site_of(name, pair_seed)
                twins[name] = site, twin(site, pair_seed)
            _pair(simulator, way, twins[name], pair, pair_seed, played)
        done()


def _pair(
    simulator: Simulator,
    way: Way,
    sites: tuple[Site, Site],
    pair: int,
    seed: int,
    played: _Played,
) -> None:
    a, b = (_observe(simulator, way, site, seed) for site in sites)
    free = a.free_beside(b)
    alike = all(a.digest(channel, free) == b.digest(channel, free) for channel in CHANNELS)
    again = None
    if not alike or way.label not in played.again:
        played.again.add(way.label)
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
    if played.renamed[way.label] < MOST_RENAMED:
        played.renamed[way.label] += 1
        _renamed(simulator, way, sites[0], pair, seed, a, again)


def _renamed(simulator: Simulator, way: Way, site: Site, pair: int, seed: int, a: Tap, again: Tap | None) -> None:
    """Play a way where everybody has another account id; one Trial record over all channels."""
    others = renaming(site, seed)
    scenario = replace(way.scenario, steps=_steps(way.scenario.steps, others))
    b = _observe(simulator, replace(way, scenario=scenario), others.site(site), seed, back=others)
    free = a.free_beside(b)
    differs = next((channel for channel in CHANNELS if a.digest(channel, free) != b.digest(channel, free)), None)
    if differs and again is None:
        again = _observe(simulator, way, site, seed)
    simulator.ledger.write(
        Trial(
            run=0,
            pair=pair,
            seed=seed,
            scenario=way.label,
            channel=PEOPLE,
            a=a.whole(free),
            again=again.whole(free) if again else None,
            b=b.whole(free),
            crossings=sum(map(len, a.sunk.values())),
            first=a.first_difference(b, differs, free) if differs else None,
        )
    )


def _steps(steps: Sequence[Step], others: Renaming) -> tuple[Step, ...]:
    return tuple(replace(step, data=others.data(step.data), steps=_steps(step.steps, others)) for step in steps)


def _observe(simulator: Simulator, way: Way, site: Site, seed: int, back: Renaming | None = None) -> Tap:
    tap = Tap(tuple(simulator.app.trust.sends.values()), back=back)
    with way.stage(simulator, clone(site), cause="scenario", seed=seed, ledger=tap) as stage:
        way.play(stage)
    return tap
