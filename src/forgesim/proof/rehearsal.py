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
from forgesim.proof.opened import contexts_of
from forgesim.proof.sites import Sites
from forgesim.proof.way import Place
from forgesim.runtime.handlers import Handlers
from forgesim.runtime.header import header
from forgesim.runtime.scenario import play
from forgesim.runtime.simulator import Simulator
from forgesim.sandbox.host import Sandbox
from forgesim.sandbox.image import build_image
from forgesim.site.model import Site
from forgesim.source.program import program_of

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
        self._handlers = Handlers(functions={}, errors={})

    def tried(self, total: Callable[[int], None]) -> list[Tried]:
        """Every call, each by both people, and then all that ended well in one installation."""
        app, site = self._simulator.app, self._sites(self._at).copy()
        with self._simulator.stage(site, cause="control", label="what the app defines") as stage:
            self._handlers = handlers = stage.handlers()
        _check_loaded(handlers)
        program = program_of(app.sources)
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
        for given, ok in self._given(name, payloads):
            yield Tried(_call(name, PEOPLE[0], given, self._at), ok)
            for person in PEOPLE[1:]:
                other = _call(name, person, given, self._at)
                yield Tried(other, self._play(other)[0])

    def _given(self, name: str, payloads: Sequence[Mapping[str, Any]]) -> Iterator[tuple[Given, bool]]:
        """What a draft calls a function with, and whether that ended well: from nowhere in particular, and from each
        place where people open it, as far as that brings it further."""
        plain = self._telling(name, payloads, None)
        reached, placed = _reached(plain), list[Attempt]()
        function, _ = self._handlers.find(name)
        for said in contexts_of(self._simulator.app, function, self._sites(self._at).copy()):
            _, ok, places = self._attempt(name, ({}, said))
            if ok and places <= reached and _is_well(plain):
                continue  # it asks for nothing that the place would tell
            found = self._telling(name, payloads, said)
            if _is_well(found) and not (_is_well(plain) and _reached(found) <= reached):
                placed += found
                reached |= _reached(found)
        for given, ok, _ in [*plain, *placed] if _reached(plain) or not placed else placed:
            yield given, ok

    def _telling(
        self, name: str, payloads: Sequence[Mapping[str, Any]], said: Mapping[str, Any] | None
    ) -> list[Attempt]:
        return _telling([self._attempt(name, (payload, said)) for payload in payloads])

    def _attempt(self, name: str, given: Given) -> Attempt:
        return (given, *self._play(_call(name, PEOPLE[0], given, self._at)))

    def _play(self, scenario: Scenario) -> tuple[bool, frozenset[Place]]:
        """Whether all its calls ended well, and which services were called from where."""
        self._watch.take()
        with self._simulator.stage(self._sites(self._at), cause="scenario", label=scenario.name) as stage:
            played = play(stage, scenario)
        return all(each.outcome.ok for each in played), frozenset(self._watch.take().places)


Given = tuple[Mapping[str, Any], Mapping[str, Any] | None]
"""Payload, and what the browser says of where the call is made from."""
Attempt = tuple[Given, bool, frozenset[Place]]


def _reached(found: Sequence[Attempt]) -> frozenset[Place]:
    """The services that calls which ended well called, and from where."""
    return frozenset().union(*(places for _, ok, places in found if ok))


def _is_well(found: Sequence[Attempt]) -> bool:
    return any(ok for _, ok, _ in found)


def _telling(found: Sequence[Attempt]) -> list[Attempt]:
    """Those of the attempts at one function that a draft is made from: the one without a payload where no payload
    brings it further, else each single one that calls something, else the one that calls most; where none ends well,
    the first."""
    well = [attempt for attempt in found if attempt[1]]
    if not well or (well[0] is found[0] and all(attempt[2] <= found[0][2] for attempt in well)):
        return list(found[:1])
    alone = [attempt for attempt in well if len(attempt[0][0]) == 1 and attempt[2]]
    most = max(well, key=lambda attempt: len(attempt[2]))
    return alone if alone and most[2] <= _reached(alone) else [*alone, most]


def _payloads(keys: Sequence[str], site: Site) -> list[Mapping[str, Any]]:
    """What a function may be called with: nothing, each id that its app asks for by a name, all of them, and what else
    it asks for."""
    guessed = {key: guess(key, site) for key in dict.fromkeys(keys)}
    ids = {key: value for key, value in guessed.items() if str(value).startswith("$")}
    several = [ids] if len(ids) > 1 else []
    more = [guessed] if len(guessed) > len(ids) else []
    return [{}, *({key: value} for key, value in ids.items()), *several, *more]


def _call(name: str, person: str, given: Given, at: str) -> Scenario:
    payload, said = given
    about = f" with {', '.join(payload)}" if payload else ""
    data: dict[str, Any] = {"as": person, "call": name, **({"with": dict(payload)} if payload else {})}
    if said is not None:
        about += f" from {said['moduleKey']}"
        data["context"] = dict(said)
    return Scenario(name=f"{person} calls {name}{about}", site=at, steps=(Step(kind="call", data=data),))


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
