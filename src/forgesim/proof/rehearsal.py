"""The run that a draft of trust.yml is made from: each function of an app with payloads guessed from its source, those
that tell something by two people, then all of them one after the other in one installation."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from forgesim.claims.catalog import CATALOG_VERSION
from forgesim.errors import InputError, Problem
from forgesim.ledger.pens import open_pens
from forgesim.ledger.read import Ledger, parse
from forgesim.manifest.model import App, Scenario, Step
from forgesim.proof.callers import asked_names, callers, everything, guess
from forgesim.proof.explore import Watch
from forgesim.proof.sites import Sites
from forgesim.proof.way import Place
from forgesim.runtime.handlers import Handlers
from forgesim.runtime.header import header
from forgesim.runtime.scenario import play
from forgesim.runtime.simulator import Simulator
from forgesim.sandbox.host import Sandbox
from forgesim.sandbox.image import build_image
from forgesim.site.model import Site
from forgesim.source.program import Program

__all__ = ["Rehearsed", "Tried", "rehearse"]

PEOPLE = ("alice", "bob")
"""An administrator, and one who sees less."""


@dataclass(frozen=True, slots=True)
class Tried:
    """One call as a scenario of one step, and whether it ended well."""

    scenario: Scenario
    ok: bool


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """What the app did, and each call that brought it about."""

    ledger: Ledger
    tried: tuple[Tried, ...]


def rehearse(
    app: App,
    *,
    sandbox: Callable[[], Sandbox],
    site: str = "demo",
    seed: int = 0,
    total: Callable[[int], None] = lambda _: None,
    done: Callable[[], None] = lambda: None,
) -> Rehearsed:
    """Run an app that declares nothing, recorded with every body. ``site`` is what ``prove`` would play on.

    Raises InputError where the site cannot be read or the app's code cannot be loaded.
    """
    image = build_image(app, coverage=False)
    sites = Sites(app, seed)
    sites(site)
    walls = sandbox()
    with open_pens(None, salt=None) as pens:
        pens.write(header(app, image, walls, catalog=CATALOG_VERSION, bodies=True))
        watch = Watch(pens)
        simulator = Simulator(app=app, image=image, sandbox=walls, ledger=watch, seed=seed)
        try:
            tried = _Rehearsal(simulator, watch, sites, site, done).tried(total)
        finally:
            simulator.close()
        pens.finish()
        found = parse(pens.stream(), "ledger")
    return Rehearsed(found, tuple(tried))


class _Rehearsal:
    def __init__(self, simulator: Simulator, watch: Watch, sites: Sites, at: str, done: Callable[[], None]) -> None:
        self._simulator = simulator
        self._watch = watch
        self._sites = sites
        self._at = at
        self._done = done

    def tried(self, total: Callable[[int], None]) -> list[Tried]:
        """Every call, each by both people, and then all that ended well in one installation."""
        app, site = self._simulator.app, self._sites(self._at)
        with self._simulator.stage(site, cause="control", label="what the app defines") as stage:
            handlers = stage.handlers()
        _check_loaded(handlers)
        program = Program(app.sources)
        starts = callers(app, program, handlers, site, self._at)
        payloads = _payloads(asked_names(app, program), site)
        total(len(starts))
        tried: list[Tried] = []
        for start in starts:
            tried += self._each(start, payloads)
            self._done()
        well = [each.scenario for each in tried if each.ok]
        if len(well) > 1:
            self._play(everything(well, self._at))
        return tried

    def _each(self, start: Scenario, payloads: Sequence[Mapping[str, Any]]) -> Iterator[Tried]:
        if start.steps[0].kind != "call":
            yield Tried(start, self._play(start)[0])
            return
        name = start.steps[0].data["call"]
        found = []
        for payload in payloads:
            scenario = _call(name, PEOPLE[0], payload, self._at)
            found.append((scenario, payload, *self._play(scenario)))
        for scenario, payload, ok, _ in _telling(found):
            yield Tried(scenario, ok)
            for person in PEOPLE[1:]:
                other = _call(name, person, payload, self._at)
                yield Tried(other, self._play(other)[0])

    def _play(self, scenario: Scenario) -> tuple[bool, frozenset[Place]]:
        """Whether all its calls ended well, and which services were called from where."""
        self._watch.take()
        with self._simulator.stage(self._sites(self._at), cause="scenario", label=scenario.name) as stage:
            played = play(stage, scenario)
        return all(each.outcome.ok for each in played), frozenset(self._watch.take().places)


Attempt = tuple[Scenario, Mapping[str, Any], bool, frozenset[Place]]


def _telling(found: Sequence[Attempt]) -> list[Attempt]:
    """Those of the attempts at one function that a draft is made from: the one without a payload where no payload
    brings it further, else each single one that calls something, else the one that calls most; where none ends well,
    the first."""
    well = [attempt for attempt in found if attempt[2]]
    if not well or (well[0] is found[0] and all(attempt[3] <= found[0][3] for attempt in well)):
        return list(found[:1])
    alone = [attempt for attempt in well if len(attempt[1]) == 1 and attempt[3]]
    reached = frozenset().union(*(attempt[3] for attempt in alone))
    most = max(well, key=lambda attempt: len(attempt[3]))
    return alone if alone and most[3] <= reached else [*alone, most]


def _payloads(keys: Sequence[str], site: Site) -> list[Mapping[str, Any]]:
    """What a function may be called with: nothing, each id that its app asks for by a name, all of them, and what else
    it asks for."""
    guessed = {key: guess(key, site) for key in dict.fromkeys(keys)}
    ids = {key: value for key, value in guessed.items() if str(value).startswith("$")}
    several = [ids] if len(ids) > 1 else []
    more = [guessed] if len(guessed) > len(ids) else []
    return [{}, *({key: value} for key, value in ids.items()), *several, *more]


def _call(name: str, person: str, payload: Mapping[str, Any], at: str) -> Scenario:
    about = f" with {', '.join(payload)}" if payload else ""
    step = Step(kind="call", data={"as": person, "call": name, **({"with": dict(payload)} if payload else {})})
    return Scenario(name=f"{person} calls {name}{about}", site=at, steps=(step,))


def _check_loaded(handlers: Handlers) -> None:
    """Code that cannot be loaded does nothing that a draft could be made from."""
    if handlers.dead is not None:
        raise InputError(Problem(what=f"the app's code cannot be loaded: {handlers.dead.message}"))
    if handlers.errors:
        raise InputError(
            *(
                Problem(
                    what=f"the function {key} cannot be loaded: {error.get('type')}: {error.get('message')}",
                    hint=error.get("at"),
                )
                for key, error in handlers.errors.items()
            )
        )
