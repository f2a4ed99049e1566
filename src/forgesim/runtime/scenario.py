"""Plays the scenarios of trust.yml on a stage: user actions, time, admin switches and failures, step by step."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from forgesim.errors import InputError, Problem
from forgesim.gateway.faults import FAILURES, Fault
from forgesim.ledger.records import Cause, Step as StepRecord
from forgesim.manifest.model import Module, Scenario, Step
from forgesim.manifest.trust_scenarios import duration_ms
from forgesim.platform.trigger.rules import opening
from forgesim.platform.webtrigger.rules import request
from forgesim.runtime.ask import NOTHING, Ask, Sent
from forgesim.runtime.dispatch import Outcome
from forgesim.runtime.endpoints import runs
from forgesim.runtime.happenings import edited, sampled
from forgesim.runtime.stage import Stage
from forgesim.site.edit import edit_page, find_page
from forgesim.site.variables import expand

__all__ = ["Played", "change", "happen", "play"]

MODULES = {"trigger": "trigger", "schedule": "scheduledTrigger", "webtrigger": "webtrigger"}
"""Kind of step → type of the modules that it runs."""

CAUSES: Mapping[str, Cause] = {"trigger": "event", "schedule": "schedule", "webtrigger": "webtrigger"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """One call that a step made: what was asked, what came of it, and whether that was expected."""

    step: Step
    ask: Ask
    outcome: Outcome
    expected: bool


def play(stage: Stage, scenario: Scenario, *, after_step: Callable[[], None] = lambda: None) -> list[Played]:
    """Play every step in order. Raises InputError where a step names what the site or the app does not have."""
    played: list[Played] = []
    for step in scenario.steps:
        for done in _step(stage, step):
            stage.pen.write(_record(stage, scenario, done))
            played.append(done)
        _tell_of_endless(stage, scenario, step)
        after_step()
    stage.gateway.faults.clear()
    return played


def _tell_of_endless(stage: Stage, scenario: Scenario, step: Step) -> None:
    """An app whose events bring about events without end does not do what the scenario expects."""
    endless, stage.deliveries.endless = stage.deliveries.endless, None
    if endless is None:
        return
    stage.pen.write(
        StepRecord(
            run=stage.number,
            scenario=scenario.name,
            line=step.line or 0,
            name="events",
            outcome="error",
            met=False,
            message=endless,
        )
    )


def change(stage: Stage, step: Step) -> None:
    """What a step does to the site and the region, without calling the app: edits, and a move. No trigger is told."""
    data = expand(dict(step.data), stage.installation.site)
    match step.kind:
        case "edit":
            _edit(stage, data, told=False)
        case "move":
            stage.move(str(data["move"]))
        case "together":
            for inner in step.steps:
                change(stage, inner)
        case _:
            pass


def happen(stage: Stage, step: Step) -> None:
    """Run what an event or a schedule of a step runs, whatever comes of it. Raises InputError as ``play`` does."""
    for ask in _asks(stage, step, expand(dict(step.data), stage.installation.site)):
        stage.deliveries.told(ask, stage.call(ask))


def _record(stage: Stage, scenario: Scenario, done: Played) -> StepRecord:
    return StepRecord(
        run=stage.number,
        scenario=scenario.name,
        line=done.step.line or 0,
        name=done.ask.name,
        user=done.ask.user,
        outcome=done.outcome.ending,
        met=done.expected,
        message=_said(done.outcome),
    )


def _said(outcome: Outcome) -> str | None:
    """``TypeError: 'KeyValue' object is not subscriptable at src/index.py:42``; null where nothing went wrong."""
    what = ": ".join(part for part in (outcome.type, outcome.message) if part)
    return f"{what} at {outcome.at}" if what and outcome.at else what or None


def _step(stage: Stage, step: Step) -> Iterator[Played]:
    data = expand(dict(step.data), stage.installation.site)
    match step.kind:
        case "call" | "trigger" | "schedule" | "webtrigger":
            for ask in _asks(stage, step, data):
                outcome = stage.call(ask)
                if step.kind in ("trigger", "schedule"):
                    stage.deliveries.told(ask, outcome)
                yield _played(step, ask, outcome)
        case "together":
            yield from _together(stage, step)
        case "wait":
            stage.wait(_duration(step, str(data["wait"])))
        case "fail":
            stage.gateway.faults.add(_fault(data))
        case "admin":
            _admin(stage, data["admin"])
        case "edit":
            _edit(stage, data)
            stage.deliveries.drain()
        case "uninstall":
            stage.uninstall()
        case "move":
            stage.move(str(data["move"]))
        case _:
            raise InputError(Problem(what=f"no step is called {step.kind!r}", line=step.line))


def _together(stage: Stage, step: Step) -> Iterator[Played]:
    """Calls and events at the same virtual time; edits among them are made as they begin."""
    pairs: list[tuple[Step, Ask]] = []
    for inner in step.steps:
        data = expand(dict(inner.data), stage.installation.site)
        if inner.kind == "edit":
            _edit(stage, data)
        else:
            pairs += ((inner, ask) for ask in _asks(stage, inner, data))
    outcomes = stage.calls([ask for _, ask in pairs]) if pairs else []
    stage.deliveries.drain()
    for (inner, ask), outcome in zip(pairs, outcomes, strict=True):
        yield _played(inner, ask, outcome)


def _played(step: Step, ask: Ask, outcome: Outcome) -> Played:
    wants_error = step.data.get("expect", "ok") == "error"
    return Played(step=step, ask=ask, outcome=outcome, expected=outcome.ok is not wants_error)


def _asks(stage: Stage, step: Step, data: Mapping[str, Any]) -> list[Ask]:
    payload = data.get("with")
    line = step.line or 0
    if step.kind == "call":
        who = data.get("as", "alice")
        user = None if who is None else stage.account(str(who))  # trust.yml cannot say null: exploration does
        given = {} if payload is None else payload
        return [Ask(name=str(data["call"]), payload=given, user=user, step=line, context=data.get("context"))]
    modules = _listeners(stage, step.kind, str(data[step.kind]))
    manifest = stage.installation.app.manifest
    found = [(module.key, run) for module in modules if (run := runs(module, manifest)) is not None]
    if not found:
        raise InputError(_unheard(step, str(data[step.kind]), modules))
    event = dict(payload) if isinstance(payload, Mapping) else {}
    name, guess = "", False
    if step.kind == "trigger":
        event, guess = _event(stage, data, event)
        name = str(data["trigger"])
    if step.kind == "webtrigger":
        event = request(event, stage.services.webtriggers.url(str(data[step.kind])))
    cause = CAUSES[step.kind]
    sent = Sent(name, opening(name, stage.installation.scopes), guess) if name else NOTHING
    return [Ask(name=function, payload=event, cause=cause, step=line, module=key, sent=sent) for key, function in found]


def _event(stage: Stage, data: Mapping[str, Any], given: dict[str, Any]) -> tuple[dict[str, Any], bool]:
    """The event of a step as its author gives it. Of one that forgesim made up: what the product would say, or, where
    that cannot be told, what was made up, which is then a guess."""
    named = {"eventType": data["trigger"], **given}
    if not data.get("sampled"):
        return named, False
    found = sampled(stage.installation, str(data["trigger"]), given, stage.clock.now_ms)
    return (named, True) if found is None else (found, False)


def _listeners(stage: Stage, kind: str, key: str) -> list[Module]:
    """The modules that an event, a schedule or a web trigger is for."""
    found = []
    for module in stage.installation.app.manifest.modules:
        if module.type != MODULES[kind]:
            continue
        events = [e if isinstance(e, str) else e.get("eventType") for e in module.data.get("events", ())]
        if module.key == key or (kind == "trigger" and key in events):
            found.append(module)
    return found


def _unheard(step: Step, name: str, modules: Sequence[Module]) -> Problem:
    """Why a step runs nothing: no module is for it, or a remote answers those that are."""
    what = f"no module of the manifest takes the {step.kind} {name!r}"
    if modules:
        endpoint = modules[0].data.get("endpoint")
        what = f"not emulated: the endpoint {endpoint!r}, which alone takes the {step.kind} {name!r}"
    return Problem(what=what, line=step.line)


def _duration(step: Step, text: str) -> int:
    try:
        return duration_ms(text)
    except ValueError as error:
        raise InputError(Problem(what=str(error), line=step.line)) from None


def _fault(data: Mapping[str, Any]) -> Fault:
    failure = str(data["with"])
    if failure not in FAILURES:
        raise InputError(Problem(what=f"{failure!r} is no failure", hint=f"there are: {', '.join(FAILURES)}"))
    return Fault(service=str(data["fail"]), failure=failure, times=int(data.get("times", 1)))


def _admin(stage: Stage, switches: Mapping[str, Any]) -> None:
    for name, value in switches.items():
        if name != "analytics":
            raise InputError(Problem(what=f"an admin has no switch {name!r}", hint="there is: analytics"))
        stage.switch_analytics(value in (True, "on"))


def _edit(stage: Stage, data: Mapping[str, Any], *, told: bool = True) -> None:
    """A person edits a page, of which triggers are told, but not of what is put into the past: that was then."""
    at = data.get("at")
    at_ms = stage.clock.now_ms if at is None else stage.instant(at)
    labels = list(find_page(stage.installation.site, str(data["edit"])).labels)
    page = edit_page(
        stage.installation.site,
        str(data["edit"]),
        title=data.get("title"),
        body=data.get("body"),
        labels=data.get("labels"),
        owner=data.get("owner"),
        at_ms=at_ms,
    )
    stage.installation.look_again()
    if told and at_ms >= stage.clock.now_ms:
        for raised in edited(stage.installation, page, labels, at_ms):
            stage.happen(raised)
