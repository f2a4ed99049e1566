"""The search for code that no scenario runs: ways are tried that conditions in the app's source ask for, then ways that
differ in who calls, with what, when, how often, and on what content; what a way reveals is gone on from.

Everything is played and recorded with the cause ``explore``, and judged like the rest. The order is fixed: the same
app, site and seed are explored alike.
"""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from forgesim.errors import InputError
from forgesim.manifest.model import App, Scenario
from forgesim.proof.callers import callers, everything
from forgesim.proof.explore import Exit, Played, Seen, Watch, explore_failures
from forgesim.proof.hostile import hostile
from forgesim.proof.variety import blind, fixed, varied
from forgesim.proof.way import Place, Way
from forgesim.runtime.simulator import Simulator
from forgesim.site.facts import known_ids
from forgesim.site.model import Site
from forgesim.site.original import Original
from forgesim.source.arms import name_arms
from forgesim.source.goals import Goal, alternatives
from forgesim.source.guards import Map, Place as Stand
from forgesim.source.program import Function, Unit, program_of
from forgesim.source.script import translated
from forgesim.source.solve import Pool, Want, wants_of

__all__ = ["MOST_PLAYS", "explore"]

MOST_PLAYS = 240
"""Ways played in search of code that did not run yet; a proof whose scenarios run all of it takes about a dozen."""
MOST_A_UNIT = 12
"""Ways that aim at one unit."""
MOST_CALLERS = 4
"""How far up the calls of a function are followed that nothing has run yet."""

_PLACE = re.compile(r"(.+?):(\d+):\d+(?: |$)")
"""File and line of a unit; a file's name may have blanks."""


@dataclass(frozen=True, slots=True)
class Base:
    """A way that was played, with the units that ran on it."""

    way: Way
    units: frozenset[Unit]


def explore(
    simulator: Simulator,
    played: Played,
    site_of: Callable[[str], Original],
    watch: Watch,
    total: Callable[[int], None],
    done: Callable[[], None],
    *,
    most: int = MOST_PLAYS,
) -> tuple[Way, ...]:
    """Play at most so many ways, until all code ran or nothing is left to try. Returns those that ran code, or left
    by an exit, which nothing before them had, and failures of what they revealed: twin trials have to take them too."""
    search = _Search(simulator, played, site_of, watch, total, done, most)
    try:
        for at in dict.fromkeys(scenario.site for scenario in simulator.app.trust.scenarios):
            search.on(at)
    finally:
        simulator.workers.hit = search.known
    places = search.new_places()
    if not places:
        return tuple(search.kept)
    found = Played(places, {"": search.exits}, {})
    return (*search.kept, *explore_failures(simulator, found, site_of, watch, total, done))


class _Search:
    def __init__(
        self,
        simulator: Simulator,
        played: Played,
        site_of: Callable[[str], Original],
        watch: Watch,
        total: Callable[[int], None],
        done: Callable[[], None],
        most: int,
    ) -> None:
        self._most = most
        self._simulator = simulator
        self._site_of = site_of
        self._watch = watch
        self._total = total
        self._done = done
        self._units = [unit.partition(" #")[0] for unit in simulator.workers.image.units]
        trees = translated(simulator.workers.image.trees, simulator.app.handler_names)
        self._map = Map(program_of(simulator.app.sources, trees))
        name_arms(self._map)
        self._dead = frozenset() if trees else _dead(simulator.app, self._map)
        self._tried: set[tuple[object, ...]] = set()
        self._aimed: dict[Unit, int] = {}
        self._plays = 0
        self._bases: list[Base] = []
        self._places = dict(played.places)
        self._before = frozenset(played.places)
        self.exits: frozenset[Exit] = frozenset().union(*played.exits.values())
        self.known = set(simulator.hit)
        self.kept: list[Way] = []
        self._deepened: list[Way] = []

    def new_places(self) -> dict[Place, Way]:
        """Where a service is called that nothing called before."""
        return {place: way for place, way in self._places.items() if place not in self._before}

    def on(self, at: str) -> None:
        """Explore on one site."""
        site = self._site_of(at).copy()
        self._bases = []
        handlers = self._simulator.workers.handlers
        if handlers is None or handlers.dead is not None:
            return
        starts = callers(self._simulator.app, self._map.program, handlers, site, at)
        if not starts:
            return
        whole = everything(starts, at)
        pool = _pool(site)
        listed = [Way(start) for start in starts if not _is_called(start)]
        app, program = self._simulator.app, self._map.program
        for way in (*listed, *fixed(app, whole, site)):
            self._play(way)
        for sent in hostile(app, program, starts, site):
            self._play(sent.way, sent.only)
        for way in blind(self._map, starts, pool):
            if not self._play(way):
                self.kept.append(way)  # no coverage tells what it brought about: twins have to
        if not self._missed():
            return
        for start in starts:
            self._play(Way(start))
        self._rounds(starts, whole, site, pool)

    def _rounds(self, starts: Sequence[Scenario], whole: Scenario, site: Site, pool: Pool) -> None:
        """Aim, then vary, then go on from what was revealed, for as long as something is missed."""
        self._aim_all(pool)
        variety = varied(self._map, starts, whole, site, pool)
        for way in variety:
            if not self._missed() or self._plays >= self._most:
                return
            if self._play(way):
                self._aim_all(pool)
        for kept, other in itertools.product(list(self._deepened[:6]), variety):
            if not self._missed() or self._plays >= self._most:
                return
            if other.wants and kept.wants and self._play(_with(kept, other.wants)):
                self._aim_all(pool)

    def _missed(self) -> list[Unit]:
        """Units that did not run, without those of functions that nothing names."""
        return [unit for number, unit in enumerate(self._units) if number not in self.known and unit not in self._dead]

    # --- playing --------------------------------------------------------------------------------------------------

    def _play(self, way: Way, only: Callable[[Collection[int]], Way] | None = None) -> bool:
        """Play a way that has not been tried. Whether it ran code, or left by an exit, which nothing before it had.
        ``only``: the way to go on from, given the numbers of the steps that told something new."""
        key = (way.scenario.steps.__repr__(), repr(way.wants), way.model, way.warm, way.late, way.analytics)
        if key in self._tried or self._plays >= self._most:
            return False
        self._tried.add(key)
        self._plays += 1
        self._total(1)
        fresh: set[int] = set()
        found: list[int] = []
        self._simulator.workers.hit = fresh

        def after_step() -> None:
            found.append(len(fresh - self.known) + len(self._watch.exits - self.exits))

        try:
            with way.stage(self._simulator, self._site_of(way.scenario.site), cause="explore") as stage:
                way.play(stage, after_step)
        except InputError:
            self._watch.take()
            return False
        finally:
            self._done()
        if only is not None:
            way = only([number for number, (one, two) in enumerate(itertools.pairwise([0, *found])) if two > one])
        return self._learn(way, fresh, self._watch.take())

    def _learn(self, way: Way, fresh: set[int], seen: Seen) -> bool:
        units = frozenset(self._units[number] for number in fresh)
        revealed = bool(fresh - self.known) or not seen.exits <= self.exits
        before = frozenset(self.known)
        self.known |= fresh
        self.exits |= seen.exits
        for place in seen.places:
            self._places.setdefault(place, way)
        if fresh - before:
            self._deepened.append(way)
        if revealed:
            self.kept.append(way)
            self._bases.insert(0, Base(way, units))
        elif not way.wants and len(way.scenario.steps) == 1:
            self._bases.append(Base(way, units))
        return revealed

    # --- aiming ---------------------------------------------------------------------------------------------------

    def _aim_all(self, pool: Pool) -> None:
        """Aim at each missed unit, again and again for as long as that reveals anything."""
        going = True
        while going:
            going = False
            for unit in self._missed():
                if self._plays >= self._most:
                    return
                for way in self._aimed_at(unit, pool):
                    if self._aimed.get(unit, 0) >= MOST_A_UNIT:
                        break
                    self._aimed[unit] = self._aimed.get(unit, 0) + 1
                    if self._play(way):
                        going = True
                        break

    def _aimed_at(self, unit: Unit, pool: Pool) -> Iterator[Way]:
        stand = self._map.places.get(unit)
        if stand is None:
            return
        for base in self._nearest(stand):
            self._map.met = base.units
            for goals in self._ways_to(stand, base)[:4]:
                yield from self._satisfying(goals, base, pool)

    def _nearest(self, stand: Stand) -> list[Base]:
        """The bases that ran most of the unit's function, or of those that call it."""
        functions = [stand.function, *self._callers_of(stand.function)]
        prefixes = [(function.path, *_lines(function)) for function in functions]

        def near(base: Base) -> int:
            for rank, (path, first, last) in enumerate(prefixes):
                count = sum(1 for unit in base.units if _is_in(unit, path, first, last))
                if count:
                    return count + 10_000 * (len(prefixes) - rank)
            return 0

        ranked = sorted(((near(base), -number) for number, base in enumerate(self._bases)), reverse=True)
        return [self._bases[-number] for score, number in ranked[:3] if score]

    def _callers_of(self, function: Function) -> list[Function]:
        found: list[Function] = []
        for _ in range(MOST_CALLERS):
            calls = self._map.program.calls(function)
            if not calls or calls[0][1] in found:
                break
            function = calls[0][1]
            found.append(function)
        return found

    def _ways_to(self, stand: Stand, base: Base) -> list[list[Goal]]:
        """Goals that lead to the unit: its own guards, and those of the calls that lead to its function."""
        program = self._map.program
        ways = alternatives(stand.guards, program.scope(stand.function), self._map)
        function = stand.function
        for _ in range(MOST_CALLERS):
            path, first, last = (function.path, *_lines(function))
            if any(_is_in(unit, path, first, last) for unit in base.units):
                break
            calls = program.calls(function)
            if not calls:
                break
            call, caller = calls[0]
            before = alternatives(self._map.guards_of(call), program.scope(caller), self._map)
            ways = [[*a, *b] for a in before for b in ways]
            function = caller
        return ways

    def _satisfying(self, goals: Sequence[Goal], base: Base, pool: Pool) -> Iterator[Way]:
        groups = wants_of(goals, self._map.program, pool)
        if not groups:
            return
        most = max(map(len, groups))
        for number in range(min(most, 4)):
            yield _with(base.way, [wants[min(number, len(wants) - 1)] for wants in groups])
        for picked in itertools.islice(itertools.product(*(wants[:3] for wants in groups)), 12):
            yield _with(base.way, picked)


def _with(way: Way, wants: Iterable[Want]) -> Way:
    """The way with these wants too; a later one about the same thing takes the place of an earlier one."""
    merged = {("field" if want.kind in ("empty", "filled") else want.kind, want.path): want
              for want in (*way.wants, *wants)}  # fmt: skip
    warm = way.warm or any(want.kind == "calls" and want.path[:1] == ("counter",) for want in merged.values())
    return replace(way, wants=tuple(merged.values()), warm=warm)


def _dead(app: App, where: Map) -> frozenset[Unit]:
    """Units of functions that no code and no manifest names."""
    handlers = app.handler_names
    program = where.program
    gone = {each for each in program.functions if not program.mentions(each) and each.name not in handlers}
    gone = {each for each in gone if not each.name.startswith("__")}
    return frozenset(unit for unit, stand in where.places.items() if stand.function in gone)


def _is_called(start: Scenario) -> bool:
    """Whether a scenario of trust.yml makes this call."""
    return any(step.line is not None for step in start.steps)


def _pool(site: Site) -> Pool:
    known = known_ids(site)
    ids = [ref for kind in ("page", "issue", "space", "sprint", "board") for ref in list(known.get(kind, ()))[:200]]
    people = {user.account_id: user.handle for user in site.users.values() if user.active and user.kind == "atlassian"}
    return Pool(ids=ids, accounts=people, now_ms=site.clock_ms)


def _lines(function: Function) -> tuple[int, int]:
    node = function.node
    if isinstance(node, ast.Module):
        return 1, 1_000_000
    return node.lineno, node.end_lineno or node.lineno


def _is_in(unit: Unit, path: str, first: int, last: int) -> bool:
    """Whether a unit stands within these lines, beyond the first, which runs where a function is merely defined."""
    found = _PLACE.match(unit)
    return found is not None and found[1] == path and first < int(found[2]) <= last
