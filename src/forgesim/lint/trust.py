"""Checks of trust.yml against itself and against manifest.yml."""

from __future__ import annotations

from collections.abc import Iterator

from forgesim.errors import Problem
from forgesim.lint.egress import covers
from forgesim.manifest.model import App, Step
from forgesim.manifest.trust_scenarios import SERVICES

__all__ = [
    "event_without_scope",
    "failing_stranger",
    "missing_resource",
    "nothing_to_run",
    "receiver_without_send",
    "send_without_receiver",
    "unknown_entity",
]

_SCOPE_OF = {"confluence": ("confluence",), "jira": ("jira",), "jira-software": ("jira", "jira-software")}
"""Product of an event → what its read scopes end with, or are about in classic scopes."""


def _at(app: App, line: int | None, what: str, hint: str) -> Problem:
    return Problem(what=what, file=str(app.trust.path), line=line, hint=hint, warning=True)


def nothing_to_run(app: App) -> Iterator[Problem]:
    """Without scenarios no app code runs, so nothing that rests on a run can hold."""
    if not app.trust.scenarios:
        yield _at(app, None, "trust.yml has no scenarios", "add one, or most claims stay UNPROVEN")


def send_without_receiver(app: App) -> Iterator[Problem]:
    received = {name for party in app.trust.subprocessors for name in party.receives}
    for name, send in app.trust.sends.items():
        if name not in received:
            yield _at(app, send.line, f"nobody receives {name!r}", "add it to a subprocessor's receives")


def receiver_without_send(app: App) -> Iterator[Problem]:
    for party in app.trust.subprocessors:
        if not party.receives:
            hint = "any request to its hosts is a violation: add receives"
            yield _at(app, party.line, f"{party.name} receives nothing that is declared", hint)


def unknown_entity(app: App) -> Iterator[Problem]:
    """A store in an entity that ``app.storage.entities`` does not have."""
    storage = app.manifest.data.get("app", {}).get("storage") or {}
    known = {entity.get("name") for entity in storage.get("entities") or ()}
    for store in app.trust.stores:
        kind, _, name = store.place.partition(" ")
        if kind == "entity" and name not in known:
            hint = "declare it under app.storage.entities of manifest.yml"
            yield _at(app, store.line, f"there is no entity {name!r}", hint)


def failing_stranger(app: App) -> Iterator[Problem]:
    """A step that lets a host fail which no subprocessor has: the app could not have met it."""
    hosts = [host for party in app.trust.subprocessors for host in party.hosts]
    for scenario in app.trust.scenarios:
        for step in _steps(scenario.steps):
            target = str(step.data.get("fail", ""))
            known = target in SERVICES or any(covers(host, target) for host in hosts)
            if step.kind == "fail" and not known:
                yield _at(app, step.line, f"no subprocessor has the host {target}", "correct the host")


def _steps(steps: tuple[Step, ...]) -> Iterator[Step]:
    for step in steps:
        yield step
        yield from _steps(step.steps)


def event_without_scope(app: App) -> Iterator[Problem]:
    """A trigger on a product's event while no scope reads that product: a real deployment refuses it."""
    for module in app.manifest.modules:
        for event in module.data.get("events", ()) if module.type == "trigger" else ():
            name = event.get("eventType", "") if isinstance(event, dict) else event
            product = [*name.split(":"), ""][1]
            if product in _SCOPE_OF and not any(_reads(scope, product) for scope in app.manifest.scopes):
                yield Problem(
                    what=f"the trigger {module.key!r} waits for {name}, and no scope reads {product}",
                    file=str(app.path / "manifest.yml"),
                    line=module.line,
                    hint=f"add a read scope of {product}, for example that of the event's page in the docs",
                )


def missing_resource(app: App) -> Iterator[Problem]:
    """A front end that is not there: the back end runs without it, a real deployment does not."""
    for resource in app.manifest.data.get("resources") or ():
        path = str(resource.get("path", ""))
        if not (app.path / path).exists():
            yield Problem(
                what=f"the resource {resource.get('key')!r} has no folder or file {path}",
                file=str(app.path / "manifest.yml"),
                hint="create it, or correct its path",
                warning=True,
            )


def _reads(scope: str, product: str) -> bool:
    verb, _, rest = scope.partition(":")
    about = rest.replace("-", ":").split(":")
    return verb in ("read", "manage", "write") and any(part in about for part in _SCOPE_OF[product])
