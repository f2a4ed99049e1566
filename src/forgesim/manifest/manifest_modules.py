"""``modules`` of manifest.yml: functions, what uses them, and how long each may run."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from forgesim.manifest.limits import ASYNC_TIMEOUT_S, LONGEST_FUNCTION_KEY, MAX_TIMEOUT_S, UI_TIMEOUT_S
from forgesim.manifest.model import Function, Module
from forgesim.manifest.module_checks import RUNS, RUNS_TOO, Entry, Known, check_counts, check_entry, find
from forgesim.manifest.module_parts import CLOSED, OF_TYPE
from forgesim.manifest.module_types import ASYNC_TYPES, LONG_TYPES, REQUIRED
from forgesim.manifest.reading import Reader, one_of
from forgesim.manifest.tree import Node

__all__ = ["Modules", "read_modules"]

_KEY: Final = re.compile(r"[a-zA-Z0-9_-]+")
_HANDLER: Final = re.compile(r"[a-zA-Z0-9_-]+(/[a-zA-Z0-9_-]+)*\.[a-zA-Z_][a-zA-Z0-9_]*")


@dataclass(slots=True)
class Modules:
    """What the section holds. ``handlers``: function key → node of its handler, for checks on files."""

    functions: dict[str, Function] = field(default_factory=dict)
    modules: tuple[Module, ...] = ()
    handlers: dict[str, Node] = field(default_factory=dict)


def read_modules(
    reader: Reader, root: Node, *, remotes: Collection[str], resources: Mapping[str, frozenset[str] | None]
) -> Modules:
    """Read the section. ``remotes``: their keys; ``resources``: key → names of its entries, ``None`` where it has
    none."""
    section = root.value.get("modules") if isinstance(root.value, dict) else None
    if section is None or section.value in (None, {}):
        reader.tell(section or root, "document must have at least 1 module", "add a module to modules")
        return Modules()
    entries = list(_entries(reader, section))
    if not any(entry.type not in ("function", "endpoint") for entry in entries):
        reader.tell(section, "document must have at least 1 module", "add one beside function and endpoint")
    _check_unique(reader, entries)
    functions = {entry.key: entry for entry in entries if entry.type == "function"}
    known = Known(
        functions=frozenset(functions),
        endpoints={entry.key: "route" in entry.fields for entry in entries if entry.type == "endpoint"},
        actions=frozenset(entry.key for entry in entries if entry.type == "action"),
        remotes=frozenset(remotes),
        resources=resources,
    )
    for entry in entries:
        check_entry(reader, entry, known)
    check_counts(reader, entries)
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


def _entries(reader: Reader, section: Node) -> Iterator[Entry]:
    for kind, group in reader.fields(section, "modules").items():
        if kind not in REQUIRED:
            reader.tell_at(
                section.keys.get(kind, (None, None)), f"unknown module type {kind!r}", one_of(kind, REQUIRED)
            )
            continue
        if group.value in (None, []):
            reader.tell(group, f"modules.{kind} is empty", "leave it out")
        for node in reader.items(group, f"modules.{kind}"):
            known = {"key", *OF_TYPE[kind]} if kind in CLOSED else None
            fields = reader.fields(node, f"a module of type {kind}", required=("key", *REQUIRED[kind]), known=known)
            key = fields.get("key")
            yield Entry(kind, node, fields, _read_key(reader, kind, key) if key else "")


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


def _check_unique(reader: Reader, entries: list[Entry]) -> None:
    seen: dict[str, Entry] = {}
    for entry in entries:
        first = seen.setdefault(entry.key, entry) if entry.key else entry
        if first is not entry:
            what = f"found duplicate module key {entry.key!r}"
            reader.tell(entry.fields["key"], what, f"the {first.type} on line {first.node.line} has it already")


def _handler(reader: Reader, entry: Entry) -> Node | None:
    node = entry.fields.get("handler")
    if node is None or not entry.key or not reader.is_a(node, str, f"handler of {entry.key}"):
        return None
    if not _HANDLER.fullmatch(node.value):
        reader.tell(node, f"{node.value!r} is not a handler", "write FILE.FUNCTION, for example index.handler")
        return None
    return node


def _timeout(reader: Reader, function: Entry, entries: list[Entry]) -> int:
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
        for path in (*RUNS, *RUNS_TOO)
        if (node := find(entry, path)) and node.value == function.key
    ]
    return min(allowed, default=UI_TIMEOUT_S)


def _allowed(entry: Entry, path: tuple[str, ...], seconds: int | None) -> int:
    if entry.type in LONG_TYPES:
        return seconds or ASYNC_TIMEOUT_S
    return ASYNC_TIMEOUT_S if entry.type in ASYNC_TYPES and path == ("function",) else UI_TIMEOUT_S


def _module(entry: Entry) -> Module:
    runs = next((node.value for path in RUNS if (node := find(entry, path))), None)
    return Module(
        type=entry.type,
        key=entry.key,
        function=runs if isinstance(runs, str) else None,
        data=entry.node.data(),
        line=entry.node.line,
    )
