"""What an app asks of its payloads, and every comparison with something that is written down in its source."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from forgesim.source.goals import Goal
from forgesim.source.guards import Map
from forgesim.source.leaves import Leaf, leaves_of
from forgesim.source.program import Program, called_name
from forgesim.source.solve import constants_in

__all__ = ["Compared", "comparisons", "payload_keys"]

_ASKS = frozenset({"startswith", "endswith", "match", "search", "fullmatch", "removeprefix", "count", "find", "index",
                   "issubset", "isdisjoint", "intersection", "fnmatch"})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Compared:
    """A comparison, lookup or match: what has to come true, what it asks for, and the values that it names."""

    goal: Goal
    leaves: tuple[Leaf, ...]
    values: tuple[Any, ...]
    line: str
    decides: bool
    """It stands in a condition, so that coverage tells whether it was ever true."""


@lru_cache(maxsize=2)
def payload_keys(program: Program) -> Sequence[tuple[str, ...]]:
    """The paths that the app reads in payloads, in the order of its source."""
    found: dict[tuple[str, ...], None] = {}
    for function in program.functions:
        scope = program.scope(function)
        for node in ast.walk(function.node):
            if not isinstance(node, ast.Subscript | ast.Call) or program.owner(node) is not function:
                continue
            if not _is_lookup(node):
                continue
            for leaf in leaves_of(node, program, scope):
                if leaf.kind == "payload" and leaf.node is node and leaf.path:
                    found[leaf.path] = None
    return tuple(found)


def _is_lookup(node: ast.expr) -> bool:
    match node:
        case ast.Subscript(slice=ast.Constant(value=str())):
            return True
        case ast.Call(func=ast.Attribute(attr=("get" | "pop")), args=[ast.Constant(value=str()), *_]):
            return True
        case _:
            return False


def comparisons(where: Map) -> Iterator[Compared]:
    """Every comparison with values that the source names and something that only a run can tell."""
    program = where.program
    for path, tree in program.modules.items():
        deciding = set(_deciding(tree, python=path.endswith(".py")))
        for node in ast.walk(tree):
            test = _compares(node)
            if test is None or not isinstance(node, ast.expr):
                continue
            scope = program.scope(program.owner(node))
            leaves = leaves_of(test, program, scope)
            values = constants_in(test, program, scope)
            if leaves and values:
                line = f"{path}:{node.lineno}"
                yield Compared(Goal(test, True, scope), tuple(leaves), tuple(values), line, node in deciding)


def _compares(node: ast.AST) -> ast.expr | None:
    match node:
        case ast.Compare():
            return node
        case ast.Call() if called_name(node) in _ASKS:
            return node
        case ast.Call(func=ast.Attribute(attr="get"), args=[key, *_]) if not isinstance(key, ast.Constant):
            return node
        case ast.Subscript(value=ast.Name() | ast.Dict() | ast.List() | ast.Tuple(), slice=index) if not isinstance(
            index, ast.Constant | ast.Slice
        ):
            return node
        case ast.BinOp(left=left, op=ast.BitAnd(), right=right) if ast.Set in (type(left), type(right)):
            return node
        case ast.BinOp(op=ast.Mod()) if not isinstance(node.left, ast.Constant):
            return node
        case _:
            return None


def _deciding(tree: ast.AST, *, python: bool) -> Iterator[ast.AST]:
    """Everything inside conditions of which coverage tells how they came out: of JavaScript's ``filter`` and ``find``
    it does not."""
    for node in ast.walk(tree):
        match node:
            case ast.If(test=test) | ast.While(test=test) | ast.IfExp(test=test) | ast.Assert(test=test):
                yield from ast.walk(test)
            case ast.comprehension(ifs=tests) if python:
                for test in tests:
                    yield from ast.walk(test)
            case ast.BoolOp(values=values):
                for value in values[:-1]:
                    yield from ast.walk(value)
            case ast.match_case(guard=ast.expr() as guard):
                yield from ast.walk(guard)
            case _:
                continue
