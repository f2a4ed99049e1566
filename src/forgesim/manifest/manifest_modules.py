"""``modules`` of manifest.yml: functions, what uses them, and how long each may run."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from forgesim.manifest.limits import (
    ASYNC_TIMEOUT_S,
    LONGEST_FUNCTION_KEY,
    LONGEST_QUEUE,
    MAX_TIMEOUT_S,
    UI_TIMEOUT_S,
)
from forgesim.manifest.model import Function, Module
from forgesim.manifest.module_types import ASYNC_TYPES, KEYLESS_TYPES, LONG_TYPES, REQUIRED, UI_TYPES
from forgesim.manifest.reading import Reader, one_of
from forgesim.manifest.tree import Node

__all__ = ["Modules", "read_modules"]

_KEY: Final = re.compile(r"[a-zA-Z0-9_-]+")
_HANDLER: Final = re.compile(r"[a-zA-Z0-9_-]+(/[a-zA-Z0-9_-]+)*\.[a-zA-Z_$][a-zA-Z0-9_$]*")
_INTERVALS: Final = ("fiveMinute", "hour", "day", "week")
_RUNS: Final = (("function",), ("resolver", "function"))
_RUNS_TOO: Final = (("dynamicProperties", "function"), ("adfExport", "function"), ("static", "function"))
_NEEDS_TARGET: Final = frozenset(
    {"trigger", "scheduledTrigger", "consumer", "fifoConsumer", "webtrigger", "preUninstall", "action"}
)


@dataclass(slots=True)
class Modules:
    """What the section holds. ``handlers``: function key → node of its handler, for checks on files."""

    functions: dict[str, Function] = field(default_factory=dict)
    modules: tuple[Module, ...] = ()
    handlers: dict[str, Node] = field(default_factory=dict)


@dataclass(slots=True)
class _Entry:
    type: str
    node: Node
    fields: dict[str, Node]
    key: str


def read_modules(reader: Reader, root: Node, names: Mapping[str, frozenset[str]]) -> Modules:
    """Read the section. ``names``: the keys of ``remotes`` and ``resources``, which modules refer to."""
    section = root.value.get("modules") if isinstance(root.value, dict) else None
    if section is None or section.value in (None, {}):
        reader.tell(section or root, "document must have at least 1 module", "add a module to modules")
        return Modules()
    entries = list(_entries(reader, section))
    if not any(entry.type not in ("function", "endpoint") for entry in entries):
        reader.tell(section, "document must have at least 1 module", "add one beside function and endpoint")
    _check_unique(reader, entries)
    functions = {entry.key: entry for entry in entries if entry.type == "function"}
    endpoints = frozenset(entry.key for entry in entries if entry.type == "endpoint")
    known = {"function": frozenset(functions), "endpoint": endpoints, **names}
    for entry in entries:
        _check_entry(reader, entry, known)
    _check_llm(reader, [entry for entry in entries if entry.type == "llm"])
    handlers = {key: node for key, entry in functions.items() if (node := _handler(reader, entry))}
    return Modules(
        functions={
            key: Function(
                key=key,
                handler=node.value,
                timeout_s=_timeout(reader, functions[key], entries),
                line=functions[key].node.line,
            )
            for key, node in handlers.items()
        },
        modules=tuple(_module(entry) for entry in entries if entry.type != "function"),
        handlers=handlers,
    )


def _entries(reader: Reader, section: Node) -> Iterator[_Entry]:
    for kind, group in reader.fields(section, "modules").items():
        if kind not in REQUIRED:
            reader.tell_at(
                section.keys.get(kind, (None, None)), f"unknown module type {kind!r}", one_of(kind, REQUIRED)
            )
            continue
        for node in reader.items(group, f"modules.{kind}"):
            required = ((), ("key",))[kind not in KEYLESS_TYPES] + REQUIRED[kind]
            fields = reader.fields(node, f"a module of type {kind}", required=required)
            key = fields.get("key")
            yield _Entry(kind, node, fields, _read_key(reader, kind, key) if key else "")


def _read_key(reader: Reader, kind: str, node: Node) -> str:
    if not reader.is_a(node, str, f"the key of a {kind}"):
        return ""
    if not _KEY.fullmatch(node.value):
        reader.tell(node, f"the key {node.value!r} has odd characters", "use a-z A-Z 0-9 _ -")
    elif kind == "function" and len(node.value) > LONGEST_FUNCTION_KEY:
        reader.tell(
            node,
            f"the function key {node.value!r} has {len(node.value)} characters",
            f"at most {LONGEST_FUNCTION_KEY}",
        )
    return str(node.value)


def _check_unique(reader: Reader, entries: list[_Entry]) -> None:
    seen: dict[str, _Entry] = {}
    for entry in entries:
        first = seen.setdefault(entry.key, entry) if entry.key else entry
        if first is not entry:
            what = f"found duplicate module key {entry.key!r}"
            reader.tell(entry.fields["key"], what, f"the {first.type} on line {first.node.line} has it already")


def _check_entry(reader: Reader, entry: _Entry, known: Mapping[str, frozenset[str]]) -> None:
    fields, kind = entry.fields, entry.type
    for path in (*_RUNS, *_RUNS_TOO):
        _check_reference(reader, entry, path, known["function"])
    for path in (("endpoint",), ("resolver", "endpoint")):
        _check_reference(reader, entry, path, known["endpoint"])
    _check_reference(reader, entry, ("remote",), known["remotes"])
    if kind in UI_TYPES:
        _check_reference(reader, entry, ("resource",), known["resources"])
    if kind in _NEEDS_TARGET and not {"function", "endpoint", "resolver"} & fields.keys():
        reader.tell(entry.node, f"the {kind} {entry.key!r} runs nothing", "add function: KEY")
    if kind == "trigger" and (events := fields.get("events")):
        _check_events(reader, events)
    if kind == "scheduledTrigger" and (interval := fields.get("interval")):
        reader.choice(interval, "interval", _INTERVALS)
    queue = fields.get("queue")
    if queue and reader.is_a(queue, str, "queue") and not 0 < len(queue.value) <= LONGEST_QUEUE:
        reader.tell(queue, f"a queue name has 1 to {LONGEST_QUEUE} characters")
    if kind == "sql" and (engine := fields.get("engine")):
        reader.choice(engine, "engine", ("mysql",))
    if kind == "objectStore" and (storage_class := fields.get("storageClass")):
        reader.choice(storage_class, "storageClass", ("standard",))


def _find(entry: _Entry, path: tuple[str, ...]) -> Node | None:
    found = entry.node.at(path)
    inner = entry.fields.get(path[0])
    if inner is None or (len(path) > 1 and not (isinstance(inner.value, dict) and path[1] in inner.value)):
        return None
    return found


def _check_reference(reader: Reader, entry: _Entry, path: tuple[str, ...], known: frozenset[str]) -> None:
    node, what = _find(entry, path), path[-1]
    if node is None or (what == "function" and isinstance(node.value, dict)):
        return
    if not reader.is_a(node, str, f"{'.'.join(path)} of {entry.key or entry.type}"):
        return
    name = node.value.partition("/")[0] if what == "resource" else node.value
    if name not in known:
        hint = one_of(name, known) or f"declare it: {what} has no entries"
        reader.tell(node, f"there is no {what} {name!r}", hint)


def _check_events(reader: Reader, node: Node) -> None:
    events = reader.items(node, "events")
    if not events and isinstance(node.value, list):
        reader.tell(node, "events is empty", "name at least one, for example avi:confluence:updated:page")
    for event in events:
        name = event.value.get("eventType") if isinstance(event.value, dict) else event
        if name is None:
            reader.tell(event, "an event object lacks eventType", "add eventType")
        else:
            reader.is_a(name, str, "an event")


def _check_llm(reader: Reader, entries: list[_Entry]) -> None:
    for entry in entries[1:]:
        reader.tell(entry.node, "a second llm module", "an app has at most one")
    for entry in entries:
        model = entry.fields.get("model")
        names = reader.texts(model, "model of llm") if model else []
        if model and isinstance(model.value, list) and len(model.value) != 1:
            reader.tell(model, "an llm module names exactly one model", "write model: [claude]")
        for name in names:
            reader.choice(name, "model of llm", ("claude",))


def _handler(reader: Reader, entry: _Entry) -> Node | None:
    node = entry.fields.get("handler")
    if node is None or not entry.key or not reader.is_a(node, str, f"handler of {entry.key}"):
        return None
    if not _HANDLER.fullmatch(node.value):
        reader.tell(node, f"{node.value!r} is not a handler", "write FILE.FUNCTION, for example index.handler")
        return None
    return node


def _timeout(reader: Reader, function: _Entry, entries: list[_Entry]) -> int:
    """The lowest of what the modules that use the function allow; 25 s where none does."""
    asked = function.fields.get("timeoutSeconds")
    seconds = None
    if asked and reader.is_a(asked, int, "timeoutSeconds"):
        if 1 <= asked.value <= MAX_TIMEOUT_S:
            seconds = int(asked.value)
        else:
            reader.tell(asked, f"timeoutSeconds cannot be {asked.value}", f"it is 1 to {MAX_TIMEOUT_S}")
    allowed = [
        _allowed(entry, path, seconds)
        for entry in entries
        for path in (*_RUNS, *_RUNS_TOO)
        if (node := _find(entry, path)) and node.value == function.key
    ]
    return min(allowed, default=UI_TIMEOUT_S)


def _allowed(entry: _Entry, path: tuple[str, ...], seconds: int | None) -> int:
    if entry.type in LONG_TYPES:
        return seconds or ASYNC_TIMEOUT_S
    return ASYNC_TIMEOUT_S if entry.type in ASYNC_TYPES and path == ("function",) else UI_TIMEOUT_S


def _module(entry: _Entry) -> Module:
    runs = next((node.value for path in _RUNS if (node := _find(entry, path))), None)
    return Module(
        type=entry.type,
        key=entry.key,
        function=runs if isinstance(runs, str) else None,
        data=entry.node.data(),
        line=entry.node.line,
    )
