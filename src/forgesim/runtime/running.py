"""``run``: one call or one scenario of an app, recorded; what crossed, in numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from forgesim.egress.live import LiveEgress
from forgesim.errors import InputError, InternalError, Problem
from forgesim.ledger.pens import open_pens
from forgesim.ledger.read import Crossing, Ledger, parse
from forgesim.manifest.model import App
from forgesim.runtime.dispatch import Outcome
from forgesim.runtime.header import content_salt, header
from forgesim.runtime.scenario import play
from forgesim.runtime.simulator import Simulator
from forgesim.runtime.stage import Ask, Stage
from forgesim.sandbox.host import Sandbox
from forgesim.sandbox.image import build_image
from forgesim.site.edit import find_user
from forgesim.site.model import Site
from forgesim.site.variables import expand

__all__ = ["Call", "Ran", "counts", "live_counts", "run"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A function that was run, for whom (``None``: nobody), and what came of it; ``expected``: as its step says."""

    function: str
    user: str | None
    outcome: Outcome
    expected: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What a run did: each call with its outcome, at least one, and the ledger of everything that crossed.
    ``scenario`` is the name of the one that was played, if one was."""

    app: App
    scenario: str | None
    calls: tuple[Call, ...]
    ledger: Ledger

    @property
    def last(self) -> Call:
        return self.calls[-1]

    @property
    def ok(self) -> bool:
        """The last call ended well, and every other one as its step expects."""
        return self.last.outcome.ok and all(call.expected for call in self.calls[:-1])


def run(
    app: App,
    *,
    sandbox: Callable[[], Sandbox],
    site: Site,
    function: str | None,
    user: str = "alice",
    payload: Any = None,
    context: Mapping[str, Any] | None = None,
    clock_ms: int | None = None,
    seed: int = 0,
    state: Path | None = None,
    ledger: Path | None = None,
    bodies: bool = False,
    catalog: str,
    live: LiveEgress | None = None,
    model: str = "extractive",
) -> Ran:
    """Call ``function`` to its end, or play the first scenario where there is none.

    ``sandbox`` is asked for one once the input has been found good. Requests to the hosts of ``live`` really leave the
    machine. ``context``: where ``function`` is called from, as a browser says it. ``model`` answers for Forge LLM.
    Raises InputError for an unknown function, user, variable or model, InternalError where forgesim itself fails.
    """
    image = build_image(app, coverage=False)
    find_user(site, user)
    given = expand({} if payload is None else payload, site)
    where = None if context is None else expand(dict(context), site)
    walls = sandbox()
    salt = None if site.synthetic or bodies or ledger is None else content_salt([site])
    with open_pens(ledger, salt=salt) as pens:
        pens.write(header(app, image, walls, catalog=catalog, bodies=True))
        simulator = Simulator(app=app, image=image, sandbox=walls, ledger=pens, seed=seed, warm=True)
        try:
            label = function or "first scenario"
            callers = _callers(app, function, user)
            people = [account for account, each in site.users.items() if callers & {account, each.handle}]
            with simulator.stage(
                site, cause="run", label=label, clock_ms=clock_ms, state=state, live=live, model=model, people=people
            ) as stage:
                calls = _run(stage, function, user, given, where)
        finally:
            simulator.close()
        for call in calls:
            if call.outcome.is_bug:
                raise InternalError(call.outcome.message)
        pens.finish()
        found = parse(pens.stream(), str(ledger or "ledger"))
    scenario = app.trust.scenarios[0].name if function is None else None
    return Ran(app=app, scenario=scenario, calls=tuple(calls), ledger=found)


def _callers(app: App, function: str | None, user: str) -> set[str]:
    """Handles or ids of all for whom the run makes calls."""
    if function is not None or not app.trust.scenarios:
        return {user}
    steps = app.trust.scenarios[0].steps
    every = [*steps, *(inner for step in steps for inner in step.steps)]
    return {str(step.data.get("as", "alice")) for step in every if step.kind == "call"}


def _run(stage: Stage, function: str | None, user: str, payload: Any, context: Mapping[str, Any] | None) -> list[Call]:
    site = stage.installation.site
    if function is not None:
        ask = Ask(name=function, payload=payload, user=stage.account(user), context=context)
        outcome = stage.call(ask)
        return [Call(function=function, user=user, outcome=outcome, expected=outcome.ok)]
    scenarios = stage.app.trust.scenarios
    if not scenarios:
        names = ", ".join(stage.handlers().names())
        raise InputError(Problem(what="trust.yml has no scenario to run", hint=f"name a function: {names}"))
    played = play(stage, scenarios[0])
    if not played:
        raise InputError(Problem(what=f"the scenario {scenarios[0].name!r} calls nothing"))
    handles = {account: person.handle for account, person in site.users.items()}
    return [
        Call(
            function=done.ask.name,
            user=handles.get(done.ask.user or ""),
            outcome=done.outcome,
            expected=done.expected,
        )
        for done in played
    ]


def counts(ledger: Ledger) -> Mapping[str, int]:
    """The app's ``read`` (of products), ``write`` (to products and storage), ``egress`` and ``refused`` crossings."""
    found = {"read": 0, "write": 0, "egress": 0, "refused": 0}
    for crossing in ledger.crossings:
        kind = _counted(crossing)
        if kind is not None:
            found[kind] += 1
    return found


def live_counts(ledger: Ledger) -> Mapping[str, int]:
    """Live host → requests that were sent to it, out of this machine. Empty where live egress was off."""
    found = dict.fromkeys((host for run in ledger.runs.values() for host in run.live), 0)
    for crossing in ledger.crossings:
        live = crossing.answered.live if crossing.answered is not None else None
        if live is not None and live.peer is not None:
            found[live.host] += 1
    return found


def _counted(crossing: Crossing) -> str | None:
    asked = crossing.decided
    if asked.cause == "probe":
        return None
    if not asked.decision.allow:
        return "refused"
    if asked.channel == "egress":
        return "egress"
    if asked.writes and asked.channel not in ("log", "result", "error"):
        return "write"
    return "read" if asked.channel in ("confluence", "jira") else None
