"""Exploration: every answer that the scenarios met is replaced, once each, by every failure that its service documents.

A place is an app line with the operation, verb and service it calls and the function that runs; so each call of
each function meets each failure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from forgesim.gateway.faults import CHANNEL_SERVICE, FAILURES, Fault
from forgesim.ledger.records import Decided, Open, Record
from forgesim.ledger.write import Pen
from forgesim.manifest.model import Scenario
from forgesim.proof.tap import CHANNELS
from forgesim.runtime.scenario import play
from forgesim.runtime.simulator import Simulator, Stage
from forgesim.site.model import Site

__all__ = ["Exit", "Place", "Played", "Seen", "Watch", "explore_failures", "play_scenarios"]

FAULTY = frozenset({"kvs", "secret", "confluence", "jira", "property", "llm", "egress"})


@dataclass(frozen=True, slots=True)
class Place:
    """Where the app calls a service: what a failure is put in place of."""

    service: str
    line: str | None
    op: str | None
    verb: str
    function: str


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
        self._function = ""

    def write(self, record: Record) -> None:
        if isinstance(record, Open):
            self._function = record.resolver or record.function
        if isinstance(record, Decided) and record.cause == "app":
            self._crossings += 1
            if record.channel in FAULTY and record.decision.allow:
                self._places[_place(record, self._function)] = None
            self._exits.update((name, record.line, record.verb) for name, fits in CHANNELS.items() if fits(record))
        self._pen.write(record)

    def flush(self) -> None:
        self._pen.flush()

    def take(self) -> Seen:
        """What was seen since the last call."""
        seen = Seen(tuple(self._places), frozenset(self._exits), self._crossings)
        self._places.clear()
        self._exits.clear()
        self._crossings = 0
        return seen


@dataclass(frozen=True, slots=True)
class Played:
    """The scenarios as played: each place with the shortest scenario that gets there, each scenario with its exits
    and the number of its crossings."""

    places: dict[Place, Scenario]
    exits: dict[str, frozenset[Exit]]
    crossings: dict[str, int]


def _place(record: Decided, function: str) -> Place:
    service = CHANNEL_SERVICE.get(record.channel, record.channel)
    if record.channel == "egress":
        service = record.target.split("/")[2].split(":")[0] if record.target.count("/") >= 2 else record.target
    return Place(service, record.line, record.op, record.verb, function)


def play_scenarios(
    simulator: Simulator,
    scenarios: Iterable[Scenario],
    site_of: Callable[[str], Site],
    watch: Watch,
) -> Played:
    """Play each scenario once, recorded."""
    played: list[tuple[Scenario, Seen]] = []
    for scenario in scenarios:
        stage = simulator.stage(site_of(scenario.site), cause="scenario", label=scenario.name)
        play(stage, scenario)
        stage.finish()
        played.append((scenario, watch.take()))
    places: dict[Place, Scenario] = {}
    for scenario, seen in sorted(played, key=lambda pair: pair[1].crossings):
        for place in seen.places:
            places.setdefault(place, scenario)
    return Played(
        places,
        {scenario.name: seen.exits for scenario, seen in played},
        {scenario.name: seen.crossings for scenario, seen in played},
    )


def explore_failures(
    simulator: Simulator,
    places: dict[Place, Scenario],
    site_of: Callable[[str], Site],
    watch: Watch,
    total: Callable[[int], None],
    done: Callable[[], None],
) -> None:
    """Each place meets each failure once; places that only a failure reaches are explored in their turn."""
    waiting = list(places.items())
    seen = set(places)
    total(len(waiting) * len(FAILURES))
    while waiting:
        place, scenario = waiting.pop(0)
        for failure in FAILURES:
            _fail_once(simulator, scenario, place, failure, site_of)
            done()
            for found in watch.take().places:
                if found not in seen:
                    seen.add(found)
                    waiting.append((found, scenario))
                    total(len(FAILURES))


def _fail_once(
    simulator: Simulator, scenario: Scenario, place: Place, failure: str, site_of: Callable[[str], Site]
) -> Stage:
    label = f"{scenario.name}: {place.service} answers {failure} at {place.line}"
    stage = simulator.stage(site_of(scenario.site), cause="fault", label=label)
    stage.gateway.faults.add(
        Fault(
            service=place.service,
            failure=failure,
            line=place.line,
            op=place.op,
            verb=place.verb,
            function=place.function,
        )
    )
    play(stage, scenario)
    stage.finish()
    return stage
