"""A look at an app's source without running it: what a reader should see for themselves. Notes, and never a verdict."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from forgesim.source.evaluate import HASHES
from forgesim.source.guards import Map
from forgesim.source.leaves import leaves_of
from forgesim.source.program import Function, Program, called_name

__all__ = ["Note", "look"]

SINKS = frozenset({"set", "set_secret", "fetch", "push", "chat", "requestConfluence", "put", "upload"})
"""Methods of the SDK's objects by which data leaves the app, besides logs and results."""
OWNERS = frozenset({"kvs", "api", "llm", "queue", "storage", "entity", "object_store"})
CHANCE = frozenset(
    {"random", "randint", "randrange", "choice", "uuid4", "urandom", "token_hex", "token_bytes", "getrandbits"}
)
CLOCKS = frozenset({"now", "utcnow", "today", "time", "time_ns", "monotonic", "perf_counter", "localtime", "gmtime"})
ENCODERS = frozenset({"b64encode", "b32encode", "b16encode", "b85encode", "a85encode", "hexlify", "compress", "ord",
                      "translate", "maketrans"})  # fmt: skip
NEAR = 12
"""Lines between an encoder and a call by which data leaves, of one function, that still count as near."""


@dataclass(frozen=True, slots=True)
class Note:
    """``line``: ``src/pulse/scan.py:41``; ``says`` a sentence without a full stop."""

    line: str
    says: str


def look(where: Map, *, dynamic: Sequence[str] = (), handlers: Iterable[str] = ()) -> list[Note]:
    """The notes of a program, by line, each once. ``dynamic``: lines of code that is made at run time; ``handlers``:
    names of functions that the manifest runs."""
    program = where.program
    found = [Note(line, "runs code that it makes at run time: no coverage follows it") for line in dynamic]
    entries = frozenset(handlers)
    called = {
        function: [n for n in _own(program, function) if isinstance(n, ast.Call)] for function in program.functions
    }
    passing = {function.name for function, calls in called.items() if any(map(_is_sink, calls))}
    for function, calls in called.items():
        sinks = [call for call in calls if _is_sink(call) or called_name(call) in passing]
        found += _unreached(program, function, sinks, entries)
        found += _encoded(function, calls, sinks)
        for sink in sinks:
            found += _steered(where, function, sink)
    return sorted(dict.fromkeys(found), key=lambda note: (note.line.rpartition(":")[0], _number(note.line), note.says))


def _number(line: str) -> int:
    number = line.rpartition(":")[2]
    return int(number) if number.isdigit() else 0


def _own(program: Program, function: Function) -> Iterator[ast.AST]:
    return (node for node in ast.walk(function.node) if node is not function.node and program.owner(node) is function)


def _is_sink(call: ast.Call) -> bool:
    match call.func:
        case ast.Attribute(attr=attr, value=value) if attr in SINKS:
            return any(isinstance(each, ast.Name) and each.id in OWNERS for each in ast.walk(value))
        case _:
            return False


def _unreached(
    program: Program, function: Function, sinks: Sequence[ast.Call], entries: frozenset[str]
) -> Iterator[Note]:
    if program.mentions(function) or function.name in entries or function.name.startswith("__"):
        return
    for call in sinks:
        yield Note(
            f"{function.path}:{call.lineno}", f"{function.name} is never called by name, and data can leave here"
        )


def _encoded(function: Function, calls: Sequence[ast.Call], sinks: Sequence[ast.Call]) -> Iterator[Note]:
    for call in calls:
        name = called_name(call) or ""
        if name not in ENCODERS | HASHES:
            continue
        if any(0 <= sink.lineno - call.lineno <= NEAR or call in ast.walk(sink) for sink in sinks):
            what = "hashes" if name in HASHES else "encodes"
            yield Note(
                f"{function.path}:{call.lineno}", f"{name} {what} something just before data leaves {function.name}"
            )


def _steered(where: Map, function: Function, sink: ast.Call) -> Iterator[Note]:
    """Conditions on time, chance or a hash that decide whether data leaves."""
    program = where.program
    scope = program.scope(function)
    for guard in where.guards_of(sink):
        names = {called_name(each) for each in ast.walk(guard.test) if isinstance(each, ast.Call)}
        kinds = {leaf.kind for leaf in leaves_of(guard.test, program, scope)}
        line = f"{function.path}:{guard.test.lineno}"
        if names & HASHES:
            yield Note(line, "whether data leaves depends on a hash")
        elif names & CHANCE:
            yield Note(line, "whether data leaves depends on chance")
        elif kinds & {"time", "moment"} or names & CLOCKS:
            yield Note(line, "whether data leaves depends on the time")
