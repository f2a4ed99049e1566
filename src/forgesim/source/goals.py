"""From guards to goals: what has to come out of which comparison, through names and through functions of the app."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import NamedTuple

from forgesim.source.guards import Guard, Map
from forgesim.source.program import MAX_DEPTH, Scope, called_name

__all__ = ["MOST_ALTERNATIVES", "Goal", "alternatives"]

MOST_ALTERNATIVES = 6


class Goal(NamedTuple):
    """A comparison, or a value, that has to be ``wanted``: true or false, in the scope that its names are of."""

    test: ast.expr
    wanted: bool
    scope: Scope


def alternatives(guards: Sequence[Guard], scope: Scope, where: Map, depth: int = 0) -> list[list[Goal]]:
    """Each way to satisfy all guards, as the goals that it takes; the first six, none where it cannot be done. Guards
    whose unit is among those that ``where.met`` are satisfied already."""
    ways: list[list[Goal]] = [[]]
    for guard in guards:
        if guard.unit in where.met:
            continue
        options = _options(guard, scope, where, depth)
        ways = [[*way, *more] for way in ways for more in options][:MOST_ALTERNATIVES]
    return ways


def _options(guard: Guard, scope: Scope, where: Map, depth: int) -> list[list[Goal]]:  # noqa: PLR0911 - one case a node
    test, wanted = guard.test, guard.wanted
    match test:
        case ast.Constant(value=value):
            return [[]] if bool(value) is wanted else []
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return _options(Guard(operand, not wanted), scope, where, depth)
        case ast.BoolOp(op=op, values=values) if isinstance(op, ast.And) is wanted:
            return alternatives([Guard(value, wanted) for value in values], scope, where, depth)
        case ast.BoolOp(values=values):
            return [way for value in values for way in _options(Guard(value, wanted), scope, where, depth)]
        case ast.NamedExpr(value=value) | ast.Await(value=value):
            return _options(Guard(value, wanted), scope, where, depth)
        case ast.IfExp(test=inner, body=body, orelse=orelse):
            first = alternatives([Guard(inner, True), Guard(body, wanted)], scope, where, depth)
            return [*first, *alternatives([Guard(inner, False), Guard(orelse, wanted)], scope, where, depth)]
        case (
            ast.Call(func=ast.Name(id="any"), args=[ast.GeneratorExp(elt=elt, generators=[one])])
            | ast.Subscript(value=ast.ListComp(elt=elt, generators=[ast.comprehension(ifs=[_, *_]) as one]))
        ) if wanted:
            return [*_of_one(elt, one, test, wanted=wanted, scope=scope, where=where, depth=depth)]
        case ast.Call(func=ast.Name(id="all"), args=[ast.GeneratorExp(elt=elt, generators=[one])]) if not wanted:
            return [*_of_one(elt, one, test, wanted=wanted, scope=scope, where=where, depth=depth)]
        case ast.Call(func=ast.Name(id=("bool" | "any" | "all")), args=[ast.expr() as inner]) if not isinstance(
            inner, ast.GeneratorExp
        ):
            return _options(Guard(inner, wanted), scope, where, depth)
        case ast.Name(id=name) if depth < MAX_DEPTH:
            return _named(name, test, wanted=wanted, scope=scope, where=where, depth=depth)
        case ast.Call() if depth < MAX_DEPTH:
            return _returned(test, wanted=wanted, scope=scope, where=where, depth=depth)
        case _:
            return [[Goal(test, wanted, scope)]]


def _of_one(
    elt: ast.expr, one: ast.comprehension, test: ast.expr, *, wanted: bool, scope: Scope, where: Map, depth: int
) -> list[list[Goal]]:
    """One thing of a list decides: what it has to be; then what the list has to be as a whole."""
    guards = [*(Guard(each, True) for each in one.ifs), Guard(elt, wanted)]
    return [*alternatives(guards, scope, where, depth), [Goal(test, wanted, scope)]]


def _named(name: str, test: ast.expr, *, wanted: bool, scope: Scope, where: Map, depth: int) -> list[list[Goal]]:
    found = where.program.meanings(name, scope)
    ways: list[list[Goal]] = []
    for value, inner in found:
        if isinstance(value, ast.Starred) or not _decides(value):
            continue
        # Where a name has several values, the one that counts is given where its own guards hold.
        before = alternatives(where.guards_of(value), inner, where, depth + 1) if len(found) > 1 else [[]]
        after = _options(Guard(value, wanted), inner, where, depth + 1)
        ways += [[*a, *b] for a in before for b in after]
    return ways[:MOST_ALTERNATIVES] or [[Goal(test, wanted, scope)]]


def _decides(value: ast.expr) -> bool:
    """Whether a value is itself a condition, and not something that is only asked whether it is there."""
    return isinstance(
        value, ast.Compare | ast.BoolOp | ast.UnaryOp | ast.Constant | ast.Call | ast.IfExp | ast.Name | ast.Await
    )


def _returned(call: ast.Call, *, wanted: bool, scope: Scope, where: Map, depth: int) -> list[list[Goal]]:
    """Through a function of the app: the guards of each return, and what it returns."""
    program = where.program
    function = next(program.named(called_name(call) or ""), None)
    if function is None or isinstance(function.node, ast.Module):
        return [[Goal(call, wanted, scope)]]
    entered = program.entered(function, call, scope)
    ways: list[list[Goal]] = []
    for node in ast.walk(function.node):
        if isinstance(node, ast.Return) and node.value is not None and program.owner(node) is function:
            guards = (*where.guards_of(node), Guard(node.value, wanted))
            ways += alternatives(guards, entered, where, depth + 1)
    return ways[:MOST_ALTERNATIVES] or [[Goal(call, wanted, scope)]]
