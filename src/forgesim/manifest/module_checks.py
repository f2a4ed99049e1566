"""What is wrong with one module: references that lead nowhere, shapes of its parts, and rules of its type."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from forgesim.manifest.limits import LONGEST_QUEUE
from forgesim.manifest.module_parts import BY_NAME, OF_TYPE
from forgesim.manifest.module_types import PAGES, UI_TYPES
from forgesim.manifest.parts import check
from forgesim.manifest.reading import Reader, one_of
from forgesim.manifest.tree import Node

__all__ = ["RUNS", "RUNS_TOO", "Entry", "Known", "check_counts", "check_entry", "find"]

RUNS: Final = (("function",), ("resolver", "function"))
RUNS_TOO: Final = tuple(
    (name, "function")
    for name in ("dynamicProperties", "adfExport", "static", "startImport", "stopImport", "importStatus")
)
_ENDPOINTS: Final[tuple[tuple[str, ...], ...]] = (("endpoint",), ("resolver", "endpoint"))
_RESOURCES: Final[tuple[tuple[str, ...], ...]] = tuple(
    (*above, "resource") for above in ((), ("create",), ("edit",), ("view",), ("config",))
)
_ACTIONS: Final = {"rovo:agent": "actions", "rovo:mcp": "tools", "automation:actionProvider": "actions"}
_INTERNAL: Final = ("resolvedResourceEntry", "renderRuntimeType")
_QUEUE: Final = re.compile(r"[a-zA-Z0-9_-]+")
_NEEDS_TARGET: Final = frozenset(
    {
        "action",
        "bitbucket:dynamicPipelinesProvider",
        "bitbucket:mergeCheck",
        "consumer",
        "fifoConsumer",
        "jira:workflowPostFunction",
        "preUninstall",
        "scheduledTrigger",
        "trigger",
        "webtrigger",
    }
)


@dataclass(slots=True)
class Entry:
    """A module as it is read; ``key`` is empty where it has none that is a text."""

    type: str
    node: Node
    fields: dict[str, Node]
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Keys that modules refer to. ``endpoints``: whether it has a route; ``resources``: names of its entries, ``None``
    where it has none."""

    functions: frozenset[str]
    endpoints: Mapping[str, bool]
    actions: frozenset[str]
    remotes: frozenset[str]
    resources: Mapping[str, frozenset[str] | None]


def check_entry(reader: Reader, entry: Entry, known: Known) -> None:
    """Tell everything that is wrong with the module; whether its type's required keys are there was told before."""
    of_type = OF_TYPE.get(entry.type, BY_NAME)
    for name, part in of_type.items():
        if name in entry.fields:
            check(reader, entry.fields[name], part, f"{name} of {entry.key or entry.type}")
    for name in _INTERNAL:
        if name in entry.fields:
            reader.tell_at(
                entry.node.keys.get(name, (None, None)), f"{name} is for Forge itself to set", "leave it out"
            )
    _check_references(reader, entry, known)
    _check_targets(reader, entry)
    if (of_its_type := _BY_TYPE.get(entry.type)) is not None:
        of_its_type(reader, entry)
    if entry.type == "trigger":
        _check_route(reader, entry, known)


def find(entry: Entry, path: tuple[str, ...]) -> Node | None:
    """What stands under a path of keys; ``None`` where the module has no such key."""
    found = entry.node.at(path)
    inner = entry.fields.get(path[0])
    if inner is None or (len(path) > 1 and not (isinstance(inner.value, dict) and path[1] in inner.value)):
        return None
    return found


def _check_references(reader: Reader, entry: Entry, known: Known) -> None:
    for path in (*RUNS, *RUNS_TOO):
        _check_reference(reader, entry, path, known.functions)
    for path in _ENDPOINTS:
        _check_reference(reader, entry, path, known.endpoints)
    _check_reference(reader, entry, ("remote",), known.remotes)
    for path in _RESOURCES if entry.type in UI_TYPES else ():
        node = _check_reference(reader, entry, path, known.resources)
        name, _, part = node.value.partition("/") if node else ("", "", "")
        if node and "/" in node.value and part not in (known.resources.get(name) or ()):
            reader.tell(node, f"the resource {name!r} has no entry {part!r}", "declare it under entry")
    used = entry.fields.get(_ACTIONS.get(entry.type, ""))
    for action in used.items() if used else ():
        if isinstance(action.value, str) and action.value not in known.actions:
            reader.tell(action, f"there is no action {action.value!r}", one_of(action.value, known.actions))


def _check_reference(reader: Reader, entry: Entry, path: tuple[str, ...], known: Collection[str]) -> Node | None:
    """The node that refers to something, where that is there."""
    node, what = find(entry, path), path[-1]
    if node is None or not reader.is_a(node, str, f"{'.'.join(path)} of {entry.key or entry.type}"):
        return None
    name = node.value.partition("/")[0] if what == "resource" else node.value
    if name in known:
        return node
    reader.tell(node, f"there is no {what} {name!r}", one_of(name, known) or f"declare it: {what} has no entries")
    return None


def _check_targets(reader: Reader, entry: Entry) -> None:
    """What of a module's alternatives is there: one of them, neither none nor two."""
    kind = entry.type
    says = "runs"
    names: tuple[str, ...] = ("function", "endpoint")
    if kind in PAGES:
        says, names = "shows", ("resource", "function")
    elif kind == "consumer":
        names = ("function", "endpoint", "resolver")
    elif kind == "jira:workflowValidator":
        names = ("function", "expression")
    elif kind == "endpoint":
        says, names = "leads to", ("remote", "service")
    elif kind not in _NEEDS_TARGET:
        return
    given = [name for name in names if name in entry.fields]
    if not given:
        add = "resource" if kind in PAGES else names[0]
        reader.tell(entry.node, f"the {kind} {entry.key!r} {says} nothing", f"add {add}: KEY")
    if len(given) > 1:
        two = " and ".join(given)
        reader.tell(entry.fields[given[1]], f"the {kind} {entry.key!r} has {two}", "leave one of them out")
    resolver = entry.fields.get("resolver")
    if kind in PAGES and resolver and isinstance(resolver.value, dict) and len(resolver.value) != 1:
        reader.tell(resolver, f"the resolver of {entry.key} needs a function or an endpoint, one of them")


def _check_queue(reader: Reader, entry: Entry) -> None:
    queue = entry.fields.get("queue")
    if queue is None or not reader.is_a(queue, str, "queue"):
        return
    if not 0 < len(queue.value) <= LONGEST_QUEUE:
        reader.tell(queue, f"a queue name has 1 to {LONGEST_QUEUE} characters")
    elif not _QUEUE.fullmatch(queue.value):
        reader.tell(queue, f"the queue name {queue.value!r} has odd characters", "use a-z A-Z 0-9 _ -")


def _check_route(reader: Reader, entry: Entry, known: Known) -> None:
    endpoint = entry.fields.get("endpoint")
    if endpoint and isinstance(endpoint.value, str) and known.endpoints.get(endpoint.value) is False:
        what = f"the endpoint {endpoint.value!r} of the trigger {entry.key!r} has no route"
        reader.tell(endpoint, what, "add route: {path: …} to the endpoint")


def _check_trigger(reader: Reader, entry: Entry) -> None:
    limits = entry.fields.get("filter")
    names = [name for event in _events(reader, entry.fields.get("events")) if (name := _event_name(reader, event))]
    if limits is None or not isinstance(limits.value, dict):
        return
    if not {"ignoreSelf", "expression", "appIsLicensed"} & limits.value.keys():
        reader.tell(limits, f"the filter of {entry.key} says nothing", "add ignoreSelf, expression or appIsLicensed")
    if "ignoreSelf" in limits.value and not all(name.startswith("avi:jira") for name in names):
        what = "ignoreSelf beside an event that is not Jira's"
        hint = "documented for Confluence, and refused by the published validator"
        reader.tell(limits.value["ignoreSelf"], what, hint, warning=True)


def _events(reader: Reader, node: Node | None) -> list[Node]:
    if node is None or not reader.is_a(node, list, "events"):
        return []
    if not node.value:
        reader.tell(node, "events is empty", "name at least one, for example avi:confluence:updated:page")
    found: list[Node] = node.value
    return found


def _event_name(reader: Reader, event: Node) -> str | None:
    """A name, or a map of one and its own filter."""
    if not isinstance(event.value, dict):
        return event.value if reader.is_a(event, str, "an event") else None
    fields = reader.fields(event, "an event", required=("eventType", "filter"))
    return reader.text(fields, "eventType", "an event") or None


def _check_response(reader: Reader, entry: Entry) -> None:
    response = entry.fields.get("response")
    kind = response.field("type") if response else None
    if response is None or kind is None:
        return
    outputs = response.field("outputs")
    if kind.value == "static" and outputs is None:
        reader.tell(response, f"the static response of {entry.key} has no outputs", "add outputs")
    if kind.value == "dynamic" and outputs:
        reader.tell(outputs, f"outputs of {entry.key} beside type: dynamic", "leave them out")


def _check_model(reader: Reader, entry: Entry) -> None:
    model = entry.fields.get("model")
    if model is None or not reader.is_a(model, list, "model of llm"):
        return
    if len(model.value) != 1:
        reader.tell(model, "an llm module names exactly one model", "write model: [claude]")
    for name in reader.texts(model, "model of llm"):
        reader.choice(name, "model of llm", ("claude",))


def _check_condition(reader: Reader, entry: Entry) -> None:
    reader.text(entry.fields, "expression", entry.key)


_BY_TYPE: Final[Mapping[str, Callable[[Reader, Entry], None]]] = {
    "trigger": _check_trigger,
    "consumer": _check_queue,
    "fifoConsumer": _check_queue,
    "webtrigger": _check_response,
    "llm": _check_model,
    "jira:workflowCondition": _check_condition,
}


def check_counts(reader: Reader, entries: Sequence[Entry]) -> None:
    """Tell modules of which an app has one."""
    for kind in ("llm", "objectStore", "sql"):
        for entry in [entry for entry in entries if entry.type == kind][1:]:
            reader.tell(entry.node, f"a second {kind} module", "an app has at most one")
    for name in ("useAsConfig", "useAsGetStarted"):
        settings = [
            entry.fields[name]
            for entry in entries
            if entry.type == "confluence:globalSettings" and name in entry.fields
        ]
        for node in [node for node in settings if node.value is True][1:]:
            reader.tell(node, f"a second module with {name}", "an app has at most one")
