"""Checks of trust.yml against itself and against manifest.yml."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from forgesim.lint.finding import Finding, Rule
from forgesim.lint.place import covers
from forgesim.lint.subject import Subject, maps, part
from forgesim.manifest.model import Step
from forgesim.manifest.reading import one_of
from forgesim.manifest.remotes import endpoints_of
from forgesim.manifest.trust_scenarios import SERVICES
from forgesim.source.program import program_of

__all__ = [
    "RULES",
    "event_never_raised",
    "event_without_scope",
    "failing_stranger",
    "missing_resource",
    "nothing_to_run",
    "receiver_without_send",
    "send_without_receiver",
    "unknown_call",
    "unknown_entity",
]

NOTHING_TO_RUN: Final = Rule(
    name="no-scenarios",
    severity="warning",
    why="Without scenarios no code of the app runs, so nothing that rests on a run can hold.",
    do="add one, or most claims stay UNPROVEN",
)
SEND_WITHOUT_RECEIVER: Final = Rule(
    name="send-without-receiver",
    severity="warning",
    why="A declared request that no party receives allows nothing: it is stale, or a receives is missing.",
    do="add it to a subprocessor's receives",
)
RECEIVER_WITHOUT_SEND: Final = Rule(
    name="receiver-without-send",
    severity="warning",
    why="A party that receives nothing declared: every request to its hosts breaks the page.",
    do="any request to its hosts is a violation: add receives",
)
UNKNOWN_ENTITY: Final = Rule(
    name="entity-unknown",
    severity="warning",
    why="What is stored in an entity that the manifest does not declare is refused by the platform.",
    do="declare it under app.storage.entities of manifest.yml",
)
UNKNOWN_CALL: Final = Rule(
    name="call-unknown",
    severity="error",
    why="A step calls what is no function of the manifest and no resolver key of the source: run and prove end there.",
    do="correct the name",
)
FAILING_STRANGER: Final = Rule(
    name="failing-stranger",
    severity="warning",
    why="A scenario lets a host fail that the app cannot have met, so the step tests nothing.",
    do="correct the host",
)
EVENT_WITHOUT_SCOPE: Final = Rule(
    name="event-without-scope",
    severity="error",
    why="A trigger on a product's event needs a scope that reads the product; a deployment without is refused.",
    do="add the read scope that the event's page in the documentation names",
)
EVENT_NEVER_RAISED: Final = Rule(
    name="event-never-raised",
    severity="note",
    why="Nothing that forgesim emulates raises the event, and no scenario gives it: a proof runs the trigger on what "
    "it makes up, and what rests on runs stays UNPROVEN.",
    do="add a step {trigger: NAME, with: …} to a scenario, with what Forge documents of the event",
)
MISSING_RESOURCE: Final = Rule(
    name="resource-missing",
    severity="warning",
    why="A front end that is not there: the back end runs here without it, a real deployment does not.",
    do="create it, or correct its path",
)
RULES: Final = (
    NOTHING_TO_RUN, SEND_WITHOUT_RECEIVER, RECEIVER_WITHOUT_SEND, UNKNOWN_ENTITY, UNKNOWN_CALL,
    FAILING_STRANGER, EVENT_WITHOUT_SCOPE, EVENT_NEVER_RAISED, MISSING_RESOURCE,
)  # fmt: skip

PRODUCT_SCOPES: Final = {"confluence": ("confluence",), "jira": ("jira",), "jira-software": ("jira", "jira-software")}
"""Product of an event → what its read scopes end with, or are about in classic scopes."""


def nothing_to_run(subject: Subject) -> Iterator[Finding]:
    if not subject.app.trust.scenarios:
        yield subject.in_trust(NOTHING_TO_RUN, "trust.yml has no scenarios", None)


def send_without_receiver(subject: Subject) -> Iterator[Finding]:
    received = {name for party in subject.app.trust.subprocessors for name in party.receives}
    for name, send in subject.app.trust.sends.items():
        if name not in received:
            yield subject.in_trust(SEND_WITHOUT_RECEIVER, f"nobody receives {name!r}", send.line)


def receiver_without_send(subject: Subject) -> Iterator[Finding]:
    for party in subject.app.trust.subprocessors:
        if not party.receives:
            yield subject.in_trust(RECEIVER_WITHOUT_SEND, f"{party.name} receives nothing that is declared", party.line)


def unknown_entity(subject: Subject) -> Iterator[Finding]:
    known = {each.get("name") for each in maps(part(subject.app.manifest.data, "app", "storage", "entities"))}
    for store in subject.app.trust.stores:
        kind, _, name = store.place.partition(" ")
        if kind == "entity" and name not in known:
            yield subject.in_trust(UNKNOWN_ENTITY, f"there is no entity {name!r}", store.line)


def unknown_call(subject: Subject) -> Iterator[Finding]:
    """Nothing is said where a key may stand only at run time."""
    app, manifest = subject.app, subject.app.manifest
    program = program_of(app.sources)
    keys = program.resolver_keys()
    if app.language != "python" or keys is None or len(program.modules) < len(app.sources):
        return
    known = {*keys, *manifest.functions, *endpoints_of(manifest.data)}
    for scenario in app.trust.scenarios:
        for step in _steps(scenario.steps):
            name = str(step.data.get("call"))
            function, _, key = name.partition("/")
            named = name in known or (function in manifest.functions and key in keys)
            if step.kind == "call" and not named:
                hint = one_of(name, known)
                yield subject.in_trust(UNKNOWN_CALL, f"the app has no function {name!r}", step.line, hint)


def failing_stranger(subject: Subject) -> Iterator[Finding]:
    hosts = [host for party in subject.app.trust.subprocessors for host in party.hosts]
    for scenario in subject.app.trust.scenarios:
        for step in _steps(scenario.steps):
            target = str(step.data.get("fail", ""))
            known = target in SERVICES or any(covers(host, target) for host in hosts)
            if step.kind == "fail" and not known:
                yield subject.in_trust(FAILING_STRANGER, f"no subprocessor has the host {target}", step.line)


def _steps(steps: tuple[Step, ...]) -> Iterator[Step]:
    for step in steps:
        yield step
        yield from _steps(step.steps)


def event_without_scope(subject: Subject) -> Iterator[Finding]:
    for module in subject.app.manifest.modules:
        for event in module.data.get("events") or () if module.type == "trigger" else ():
            name = event.get("eventType", "") if isinstance(event, dict) else event
            product = [*str(name).split(":"), ""][1]
            if product in PRODUCT_SCOPES and not any(_reads(scope, product) for scope in subject.app.manifest.scopes):
                what = f"the trigger {module.key!r} waits for {name}, and no scope reads {product}"
                yield subject.in_manifest(EVENT_WITHOUT_SCOPE, what, module.line)


def event_never_raised(subject: Subject) -> Iterator[Finding]:
    from forgesim.gateway.emulated import is_raised  # the products are not loaded for an app without triggers

    manifest = subject.app.manifest
    steps = [step for scenario in subject.app.trust.scenarios for step in _steps(scenario.steps)]
    given = {str(step.data["trigger"]) for step in steps if step.kind == "trigger"}
    for module in manifest.modules:
        for event in module.data.get("events") or () if module.type == "trigger" else ():
            name = str(event.get("eventType", "") if isinstance(event, dict) else event)
            if name not in given and not is_raised(name, manifest.app_id):
                what = f"the trigger {module.key!r} waits for {name}, which nothing emulated raises"
                yield subject.in_manifest(EVENT_NEVER_RAISED, what, module.line)


def missing_resource(subject: Subject) -> Iterator[Finding]:
    folder = subject.app.path.resolve()
    for number, resource in enumerate(maps(subject.app.manifest.data.get("resources"))):
        path, line = str(resource.get("path", "")), subject.line("resources", number, "path")
        try:
            found = (folder / path).resolve()
            there = found.exists()
        except (OSError, ValueError, RuntimeError):
            found, there = folder, False
        if not there:
            what = f"the resource {resource.get('key')!r} has no folder or file {path}"
            yield subject.in_manifest(MISSING_RESOURCE, what, line)
        elif not found.is_relative_to(folder):
            what = f"the resource {resource.get('key')!r} is outside of the app: {path}"
            yield subject.in_manifest(MISSING_RESOURCE, what, line, "put it into the app's folder", "error")


def _reads(scope: str, product: str) -> bool:
    verb, _, rest = scope.partition(":")
    about = rest.replace("-", ":").split(":")
    return verb in ("read", "manage", "write") and any(part in about for part in PRODUCT_SCOPES[product])
