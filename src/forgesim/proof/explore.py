"""Exploration: every answer that the scenarios met is replaced, once each, by every failure that its service documents.

A place is an app line with the operation, verb and service it calls and the function that runs; so each call of
each function meets each failure. What only a failure reveals is reached again by that failure, and fails in its turn.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from forgesim.claims.wire import host_of
from forgesim.gateway.call import service_of
from forgesim.gateway.faults import FAILURES
from forgesim.ledger.records import Decided, Open, Record
from forgesim.ledger.write import Pen
from forgesim.manifest.model import Scenario
from forgesim.proof.tap import CHANNELS
from forgesim.proof.way import Place, Way
from forgesim.runtime.simulator import Simulator
from forgesim.site.original import Original

__all__ = ["Exit", "Place", "Played", "Seen", "Watch", "Way", "explore_failures", "play_scenarios"]

FAULTY = frozenset({"kvs", "secret", "entity", "confluence", "jira", "property", "llm", "egress", "platform", "queue"})

UNANSWERED = "retry"
"""A result that asks to be run again: a write to the queue that nothing answers, and so nothing fails."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a run showed: places that a failure may hit, and exits, where something left the app."""

    places: tuple[Place, ...]
    exits: frozenset[Exit]
    crossings: int = 0


Exit = tuple[str, str | None, str]
"""Trial channel, app line, verb."""


class Watch:
    """A pen that passes records on and notes the places and exits it sees."""

    def __init__(self, pen: Pen) -> None:
        self._pen = pen
        self._places: dict[Place, None] = {}
        self._exits: set[Exit] = set()
        self._crossings = 0
        self._functions: dict[str, str] = {}

    def write(self, record: Record) -> None:
        if isinstance(record, Open):
            self._functions[record.inv] = record.resolver or record.function
        if isinstance(record, Decided) and record.cause == "app":
            self._crossings += 1
            if record.channel in FAULTY and record.decision.allow and record.verb != UNANSWERED:
                self._places[_place(record, self._functions.get(record.inv, ""))] = None
            self._exits.update((name, record.line, record.verb) for name, fits in CHANNELS.items() if fits(record))
        self._pen.write(record)

    def flush(self) -> None:
        self._pen.flush()

    @property
    def exits(self) -> frozenset[Exit]:
        """By which something left the app since ``take`` was last called."""
        return frozenset(self._exits)

    def take(self) -> Seen:
        """What was seen since the last call."""
        seen = Seen(tuple(self._places), frozenset(self._exits), self._crossings)
        self._places.clear()
        self._exits.clear()
        self._functions.clear()
        self._crossings = 0
        return seen


@dataclass(frozen=True, slots=True)
class Played:
    """The scenarios as played: each place with the shortest way that gets there, each scenario with its exits and the
    number of its crossings."""

    places: dict[Place, Way]
    exits: dict[str, frozenset[Exit]]
    crossings: dict[str, int]
    revealing: tuple[Way, ...] = ()
    """Ways without failures, but with the switch off, that ran code which no scenario runs."""


def _place(record: Decided, function: str) -> Place:
    host = host_of(record.target) if record.channel == "egress" else None
    return Place(service_of(record.channel, record.op, host), record.line, record.op, record.verb, function)


def play_scenarios(
    simulator: Simulator,
    scenarios: Iterable[Scenario],
    site_of: Callable[[str], Original],
    watch: Watch,
    done: Callable[[], None],
    *,
    switch: bool,
) -> Played:
    """Play each scenario once, recorded; with ``switch`` once more with the admin's analytics switch off."""
    played: list[tuple[Way, Seen]] = []
    revealing: list[Way] = []
    ways = [Way(scenario, analytics) for analytics in (True, False)[: 1 + switch] for scenario in scenarios]
    ways += [Way(scenario, late=True) for scenario in scenarios]
    for way in ways:
        before = len(simulator.hit)
        site = site_of(way.scenario.site)
        with simulator.stage(
            site,
            cause="explore" if way.late or not way.analytics else "scenario",
            label=way.label,
            analytics=way.analytics,
        ) as stage:
            way.play(stage)
        if (way.late or not way.analytics) and len(simulator.hit) > before:
            revealing.append(way)
        played.append((way, watch.take()))
        done()
    places: dict[Place, Way] = {}
    for way, seen in sorted(played, key=lambda pair: (pair[0].late, not pair[0].analytics, pair[1].crossings)):
        for place in seen.places:
            places.setdefault(place, way)
    told = [(way.scenario.name, seen) for way, seen in played if way.analytics and not way.late]
    exits, crossings = {name: seen.exits for name, seen in told}, {name: seen.crossings for name, seen in told}
    return Played(places, exits, crossings, tuple(revealing))


def explore_failures(
    simulator: Simulator,
    played: Played,
    site_of: Callable[[str], Original],
    watch: Watch,
    total: Callable[[int], None],
    done: Callable[[], None],
) -> tuple[Way, ...]:
    """Each place meets each failure once; places that only a failure reaches are explored in their turn. Returns
    the ways that ran code, or left by an exit, which nothing before them had: twin trials have to take them too."""
    revealing: list[Way] = []
    places = played.places
    exits = set().union(*played.exits.values())
    waiting = deque(places.items())
    seen = set(places)
    total(len(waiting) * len(FAILURES))
    while waiting:
        place, way = waiting.popleft()
        for failure in FAILURES:
            before = len(simulator.hit)
            failed, told = _fail(simulator, way, place, failure, site_of, watch)
            if len(simulator.hit) > before or not told.exits <= exits:
                revealing.append(failed)
            exits |= told.exits
            done()
            for found in told.places:
                if found not in seen:
                    seen.add(found)
                    waiting.append((found, failed))
                    total(len(FAILURES))
    return tuple(revealing)


def _fail(
    simulator: Simulator, way: Way, place: Place, failure: str, site_of: Callable[[str], Original], watch: Watch
) -> tuple[Way, Seen]:
    """The way to a place with a failure there, played, and what was seen: in one process, as far as that gets to the
    place; some code runs in a new one only."""
    failed = replace(way, failures=(*way.failures, (place, failure)), warm=True)
    seen = _seen(simulator, failed, site_of, watch)
    if place in seen.places or way.warm:
        return failed, seen
    failed = replace(failed, warm=False)
    return failed, _seen(simulator, failed, site_of, watch)


def _seen(simulator: Simulator, way: Way, site_of: Callable[[str], Original], watch: Watch) -> Seen:
    with way.stage(simulator, site_of(way.scenario.site), cause="fault") as stage:
        way.play(stage)
    return watch.take()
