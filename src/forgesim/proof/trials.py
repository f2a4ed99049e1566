"""Twin trials: the same user actions on two sites that differ in every word; what is stored and sent may not differ.

Where an app may keep nothing of who people are, also on a third: the words are the first's, the account ids others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from random import Random
from typing import NamedTuple

from forgesim.claims.catalog.keeps_no_personal_data import PEOPLE
from forgesim.counted import counted
from forgesim.errors import InputError
from forgesim.ids import derive
from forgesim.ledger.records import Trial
from forgesim.manifest.model import Scenario, Step
from forgesim.proof.explore import Exit
from forgesim.proof.sites import Sites
from forgesim.proof.tap import CHANNELS, Free, Tap
from forgesim.proof.variety import DISCUSSED
from forgesim.proof.way import Way
from forgesim.runtime.simulator import Simulator
from forgesim.site.drawn import Recipe, as_json, build, draw, told
from forgesim.site.drawn_drops import Thin
from forgesim.site.model import Site
from forgesim.site.original import Original
from forgesim.site.renamed import Renaming, renaming
from forgesim.site.twin import twin

__all__ = ["HOUR_MS", "MOST_RENAMED", "PLAIN", "Ground", "Plan", "compare_twins"]

PLAIN = 3
"""Pairs on twins of the site that a scenario names; later ones are on sites drawn from that."""

WAYS = 8
"""Pairs that play what brings an app to code which no scenario runs."""
FEW = 4
"""Ways with failures that are few."""

HOUR_MS = 3_600_000
YEAR_HOURS = 366 * 24
"""A drawn site is played on at an hour within a year, so that what waits for a month, a weekday or a night shows."""

SHARES = (100, 50, 25, 10)
"""Percent of the pages and issues that are there on a drawn site: small ones show what large ones average out, and
take less time; what waits for a large one shows on those where all are there."""

MOST_RENAMED = 3
"""Pairs in which a way is played under other account ids too."""


MOST_TOLD = 200
"""About how many characters a record says of the changes that made a site."""


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
        self.every = scenarios
        self._cover = [scenario for scenario in scenarios if scenario in cover]
        self._others = [scenario for scenario in scenarios if scenario not in cover]

    def of(self, pair: int, pairs: int | None = None) -> list[Scenario]:
        """The scenarios of a pair of ``pairs`` (null: enough), in the order of trust.yml but for the last ones."""
        if not self._others:
            return self._cover
        if pairs is not None and pairs < len(self._others):
            return [*self._cover, *self._others[pair::pairs]]
        return [*self._cover, *self._others[pair % len(self._others) :][:1]]

    def before(self, scenario: Scenario, pair: int, pairs: int) -> int:
        """How many of the pairs before this one have played a scenario of it."""
        if scenario in self._cover:
            return pair
        return 0 if pairs < len(self._others) else pair // len(self._others)


class Ground(NamedTuple):
    """A site and its twin, and the recipe by which it was drawn; null for one that is as its name says. ``later_ms``:
    how long after the site's last change it is played on. ``warm``: one process serves all calls."""

    a: Original
    b: Original
    recipe: Recipe | None = None
    later_ms: int = 0
    warm: bool = False

    def record(self) -> dict[str, object]:
        """What a record has of a site that was drawn: whoever has the recipe can make it again, in other
        words. Told only where it was generated: labels are named, which of a real site nobody quotes."""
        if self.recipe is None:
            return {}
        hours = self.later_ms // HOUR_MS
        words = {"site": _in_words(self.recipe, hours)} if self.a.synthetic else {}
        return {**words, "recipe": as_json(self.recipe), "hours": hours}


def _in_words(recipe: Recipe, hours: int) -> str:
    """``page 12 is archived; played 3 days and 4 hours after its last change``."""
    days, rest = divmod(hours, 24)
    parts = [counted(number, unit) for number, unit in ((days, "day"), (rest, "hour")) if number]
    played = [f"played {' and '.join(parts)} after its last change"] if parts else []
    return "; ".join([told(recipe, MOST_TOLD), *played])


class _Grounds:
    """The sites of one pair, made when they are first played on."""

    def __init__(self, sites: Sites, seed: int, twins: int | None = None) -> None:
        """``twins``: the seed of their words, where it is another one than the sites'."""
        self._sites = sites
        self._seed = seed
        self._twins = seed if twins is None else twins
        self._made: dict[tuple[str, bool], Ground] = {}

    def plain(self, name: str) -> Ground:
        """The site of this name, and its twin."""
        if (name, False) not in self._made:
            site = self._sites.build(name, self._seed)
            self._made[name, False] = Ground(Original(site), Original(twin(site, self._twins)))
        return self._made[name, False]

    def drawn(self, name: str, scenarios: Sequence[Scenario]) -> Ground:
        """A site drawn from it in which all that its scenarios name is there."""
        if (name, True) not in self._made:
            rng = Random(derive("drawn", self._seed, name))  # noqa: S311 - a test site, no secret
            later, thin = rng.randrange(YEAR_HOURS) * HOUR_MS, Thin(rng.choice(SHARES), self._seed)
            thinned, keep = self._sites.thinned(name, self._seed, thin, scenarios)
            edits = draw(rng, thinned)
            made = build(thinned, edits, keep)
            b = Original(twin(made, self._twins))
            self._made[name, True] = Ground(Original(made), b, (thin, *edits), later)
        return self._made[name, True]


def compare_twins(
    simulator: Simulator,
    plan: Plan,
    *,
    ways: Sequence[Way] = (),
    pair: int,
    pairs: int,
    seed: int,
    sites: Sites,
) -> None:
    """One of ``pairs`` pairs of twin sites; one Trial record per scenario and channel.

    Each scenario runs on A and B. It runs on A again the first time that it is played, and wherever A and B differ:
    only then is a difference the content's doing, and not chance. ``ways`` are played in some pairs each: those that
    ran code which no scenario runs by itself. Up to ``MOST_RENAMED`` times each is played on A under other account
    ids, which are written back before the two are compared: what differs then depends on who people are. A way that
    agrees on all three of these has repeated itself.

    Ways that name ids of the site which was explored are played on that one and its twin. So is all of the first pair:
    what the scenarios brought about there, other sites may not have.

    The first ``PLAIN`` pairs play on the site that a scenario names, as it does when it is played for the first time;
    later ones on a site that is drawn from that, each by a draw of its own.

    In every second pair one process serves all calls of a play, as Forge often does, and so may remember; in the others
    each call has a process of its own.
    """
    pair_seed = derive("pair", seed, pair) % 2**31
    explored = _Grounds(sites, seed, twins=pair_seed)
    grounds = _Grounds(sites, pair_seed) if pair else explored
    scenarios = plan.of(pair, pairs)
    warm = pair % 2 == 1
    for scenario in scenarios:
        before = plan.before(scenario, pair, pairs)
        plain = pair < PLAIN or not before
        ground = grounds.plain(scenario.site) if plain else grounds.drawn(scenario.site, plan.every)
        _compare(simulator, Way(scenario), ground._replace(warm=warm), pair, pair_seed, before)
    for way in _share(ways, pair, pairs):
        name = way.scenario.site
        if way.names_ids:
            ground = explored.plain(name)
        else:
            ground = grounds.plain(name) if pair < PLAIN else grounds.drawn(name, plan.every)
        if way.failures and pair >= PLAIN:  # what a failure lets out may be what the named page or issue has none of
            way = replace(way, wants=(*way.wants, DISCUSSED))  # noqa: PLW2901 - the way as this pair takes it
        _compare(simulator, way, ground._replace(warm=warm), pair, pair_seed, 0 if way.failures else pair)


def _share(ways: Sequence[Way], pair: int, pairs: int) -> list[Way]:
    """The ways that a pair plays: up to eight pairs play those without failures, and the others where they are few, for
    a leak of one bit differs on every second pair only; where they are many, two pairs play each."""
    calm, failed = [way for way in ways if not way.failures], [way for way in ways if way.failures]
    if len(failed) <= FEW:
        return [*calm, *failed] if pair < WAYS else []
    turns = min(pairs, PLAIN)
    return [*(calm if pair < WAYS else ()), *(failed[pair % turns :: turns] if pair < 2 * PLAIN else ())]


def _compare(simulator: Simulator, way: Way, ground: Ground, pair: int, seed: int, before: int) -> None:
    a, b = (_observe(simulator, way, site, seed, ground) for site in (ground.a, ground.b))
    free = a.free_beside(b)
    alike = all(a.digest(channel, free) == b.digest(channel, free) for channel in CHANNELS)
    again = None
    if not alike or (before == 0 and way == Way(way.scenario)):
        again = _observe(simulator, way, ground.a, seed, ground)
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
                first=_first(a, b, channel, free, ground) if of_a != of_b else None,
                sizes=len(free) if channel == "logged" else 0,
            )
        )
    if before < MOST_RENAMED:
        _renamed(simulator, way, ground, pair, seed, a, again)


def _first(a: Tap, b: Tap, channel: str, free: Free, ground: Ground) -> dict[str, object]:
    """Where two runs part, and on what site."""
    return {**a.first_difference(b, channel, free), **ground.record()}


def _renamed(simulator: Simulator, way: Way, ground: Ground, pair: int, seed: int, a: Tap, again: Tap | None) -> None:
    """Play a way where everybody has another account id; one Trial record over all channels."""
    site = ground.a.copy()
    others = renaming(site, seed)
    scenario = replace(way.scenario, steps=_steps(way.scenario.steps, others))
    b = _observe(simulator, replace(way, scenario=scenario), others.site(site), seed, ground, back=others)
    free = a.free_beside(b)
    differs = next((channel for channel in CHANNELS if a.digest(channel, free) != b.digest(channel, free)), None)
    if differs and again is None:
        again = _observe(simulator, way, ground.a, seed, ground)
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
            first=_first(a, b, differs, free, ground) if differs else None,
        )
    )


def _steps(steps: Sequence[Step], others: Renaming) -> tuple[Step, ...]:
    return tuple(replace(step, data=others.data(step.data), steps=_steps(step.steps, others)) for step in steps)


def _observe(
    simulator: Simulator, way: Way, site: Site | Original, seed: int, ground: Ground, *, back: Renaming | None = None
) -> Tap:
    """What leaves the app on a site of this ground; one that was drawn need not have what each step needs."""
    tap = Tap(tuple(simulator.app.trust.sends.values()), back=back)
    played = replace(way, warm=way.warm or ground.warm)
    with played.stage(simulator, site, cause="scenario", seed=seed, ledger=tap) as stage:
        stage.clock.advance(ground.later_ms)
        try:
            way.play(stage)
        except InputError as error:
            if ground.recipe is None:
                raise
            tap.stop(error)  # so it is on the twin, and what came before is compared
    return tap
