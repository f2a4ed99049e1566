"""``run``: one call or one scenario of an app, recorded; what crossed, in numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from forgesim.errors import InputError, Problem
from forgesim.ledger.pens import open_pens
from forgesim.ledger.read import Crossing, Ledger, parse
from forgesim.manifest.model import App
from forgesim.runtime.dispatch import Outcome
from forgesim.runtime.header import header
from forgesim.runtime.scenario import play
from forgesim.runtime.simulator import Ask, Simulator, Stage
from forgesim.sandbox.host import Sandbox
from forgesim.sandbox.image import build_image
from forgesim.site.model import Site
from forgesim.site.variables import expand

__all__ = ["Ran", "counts", "run"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What a run did: the last call with its outcome, and the ledger of everything that crossed."""

    app: App
    function: str
    user: str | None
    outcome: Outcome
    ledger: Ledger


def run(
    app: App,
    *,
    sandbox: Sandbox,
    site: Site,
    function: str | None,
    user: str = "alice",
    payload: Any = None,
    clock_ms: int | None = None,
    seed: int = 0,
    state: Path | None = None,
    ledger: Path | None = None,
    bodies: bool = False,
    catalog: str,
) -> Ran:
    """Call ``function`` to its end, or play the first scenario where there is none.

    Raises InputError for an unknown function, user or variable.
    """
    image = build_image(app, coverage=False)
    with open_pens(ledger, keep_bodies=site.synthetic or bodies, salt=app.digest) as pens:
        pens.write(header(app, image, sandbox, catalog=catalog, bodies=True))
        simulator = Simulator(app=app, image=image, sandbox=sandbox, ledger=pens, seed=seed, warm=True)
        try:
            label = function or "first scenario"
            stage = simulator.stage(site, cause="run", label=label, clock_ms=clock_ms, state=state)
            name, handle, outcome = _run(stage, function, user, payload)
            stage.finish()
        finally:
            simulator.close()
        pens.finish()
        found = parse(pens.stream(), str(ledger or "ledger"))
    return Ran(app=app, function=name, user=handle, outcome=outcome, ledger=found)


def _run(stage: Stage, function: str | None, user: str, payload: Any) -> tuple[str, str | None, Outcome]:
    site = stage.installation.site
    if function is not None:
        account = stage.account(user)
        return (
            function,
            user,
            stage.call(Ask(name=function, payload=expand(payload or {}, site), user=account)),
        )
    scenarios = stage.simulator.app.trust.scenarios
    if not scenarios:
        names = ", ".join(stage.simulator.handlers(stage).names())
        raise InputError(Problem(what="trust.yml has no scenario to run", hint=f"name a function: {names}"))
    played = play(stage, scenarios[0])
    if not played:
        raise InputError(Problem(what=f"the scenario {scenarios[0].name!r} calls nothing"))
    last = played[-1]
    person = site.users.get(last.ask.user or "")
    return last.ask.name, person.handle if person else None, last.outcome


def counts(ledger: Ledger) -> Mapping[str, int]:
    """``read`` and ``write`` (content and storage), ``egress`` and ``refused`` crossings of the app."""
    found = {"read": 0, "write": 0, "egress": 0, "refused": 0}
    for crossing in ledger.crossings:
        kind = _counted(crossing)
        if kind is not None:
            found[kind] += 1
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
