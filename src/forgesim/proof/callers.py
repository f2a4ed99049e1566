"""The calls that exploration starts from: each call of the scenarios once, and what no scenario calls."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from forgesim.manifest.app_files import read_scripts
from forgesim.manifest.model import App, Scenario, Step
from forgesim.runtime.endpoints import runs
from forgesim.runtime.handlers import Handlers
from forgesim.site.model import Site
from forgesim.source.javascript import payload_names
from forgesim.source.keys import payload_keys
from forgesim.source.program import Program

__all__ = ["about", "asked_names", "callers", "everything", "guess"]

LISTENERS = {"trigger": "trigger", "scheduledTrigger": "schedule", "webtrigger": "webtrigger"}
"""Type of module → kind of the step that runs it."""
CALLED = frozenset({"call", "trigger", "schedule", "webtrigger"})
MOST_STEPS = 24


def callers(app: App, program: Program, handlers: Handlers, site: Site, at: str) -> list[Scenario]:
    """One scenario of one step for each call of the scenarios on the site called ``at``; the first of them that names a
    function goes before other calls of it. Then one for each function, resolver key and listener that none calls."""
    found: dict[str, Scenario] = {}
    names: set[str] = set()
    again: list[Scenario] = []
    for step in _steps(each for scenario in app.trust.scenarios if scenario.site == at for each in scenario.steps):
        name = str(step.data.get(step.kind))
        who = f" as {step.data.get('as', 'alice')}" if step.kind == "call" else ""
        key = repr((step.kind, sorted(step.data.items(), key=str)))
        if key not in found:
            found[key] = Scenario(name=f"{name}{who}, call {len(found) + 1}", site=at, steps=(step,), line=step.line)
            if name in names:
                again.append(found.pop(key))
            names.add(name)
    more = [*_listeners(app, site, at, names), *_uncalled(app, program, handlers, site, at, names)]
    return [*found.values(), *more, *{each.name: each for each in again}.values()]


def everything(scenarios: Sequence[Scenario], at: str) -> Scenario:
    """One scenario of all these calls, one after the other."""
    steps = tuple(step for scenario in scenarios for step in scenario.steps)
    return Scenario(name="every call", site=at, steps=steps[:MOST_STEPS])


def _steps(steps: Any) -> Iterator[Step]:
    for step in steps:
        if step.kind == "together":
            yield from _steps(step.steps)
        elif step.kind in CALLED:
            yield step


def _listeners(app: App, site: Site, at: str, names: set[str]) -> Iterator[Scenario]:
    for module in app.manifest.modules:
        kind = LISTENERS.get(module.type)
        if kind is None or runs(module, app.manifest) is None or module.key in names:
            continue
        events = [each if isinstance(each, str) else each.get("eventType") for each in module.data.get("events", ())]
        for name in events if kind == "trigger" else [module.key]:
            if name and name not in names:
                what = {"with": about(name, partial(_variable, site)), "sampled": True} if kind == "trigger" else {}
                yield Scenario(name=f"{kind} {name}", site=at, steps=(Step(kind=kind, data={kind: name, **what}),))


def _variable(site: Site, kind: str) -> str | None:
    variable = "issue.id" if kind == "issue" else kind
    return f"${variable}" if variable in site.variables else None


def about(event: str, named: Callable[[str], str | None]) -> dict[str, Any]:
    """What an event that forgesim makes up is about, as the product names it; ``named`` gives the id of a page, an
    issue or a sprint. Empty where there is none."""
    kind, members = "page", ["content"]
    if event.split(":")[1].startswith("jira"):
        kind = "sprint" if event.endswith(":sprint") else "issue"
        members = [kind]
    elif event.endswith(":comment"):
        members = ["content", "container"]
    found: dict[str, Any] = {"id": named(kind)}
    if found["id"] is None:
        return {}
    for member in reversed(members):
        found = {member: found}
    return found


def _uncalled(
    app: App, program: Program, handlers: Handlers, site: Site, at: str, names: set[str]
) -> Iterator[Scenario]:
    listening = {module.function for module in app.manifest.modules if module.type in LISTENERS}
    listening |= {module.function for module in app.manifest.modules if module.type in ("consumer", "preUninstall")}
    called = names | {name.rpartition("/")[2] for name in names}
    asked = asked_names(app, program)
    for name in handlers.names():
        if name in called or name in listening:
            continue
        payload = {key: guess(key, site) for key in asked}
        step = Step(kind="call", data={"as": "alice", "call": name, "with": payload})
        yield Scenario(name=f"{name}, which no scenario calls", site=at, steps=(step,))


def asked_names(app: App, program: Program) -> list[str]:
    """The members of payloads that the app's source names, in Python or by the look of its JavaScript."""
    return [path[0] for path in payload_keys(program)] or payload_names(read_scripts(app.path))


def guess(key: str, site: Site) -> Any:
    """What a payload may have under a key, by the key's name: an id that exists, or a word."""
    low = key.lower()
    if "account" in low or "user" in low:
        return next(iter(site.users), "")
    for word, variable in GUESSED.items():
        if word in low and variable in site.variables:
            return f"${variable}"
    return "a"


GUESSED = {"space": "space.id", "page": "page", "content": "page", "board": "board", "sprint": "sprint",
           "issue": "issue", "project": "project"}  # fmt: skip
