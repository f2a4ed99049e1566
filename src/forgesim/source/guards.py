"""What has to be true, or false, for a unit of an app's code to run within its function."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from forgesim.source.program import Function, Program, Unit

__all__ = ["Guard", "Map", "Place"]


class Guard(NamedTuple):
    """A condition that has to be ``wanted``: true or false. ``unit``: runs where it once was; null where none tells."""

    test: ast.expr
    wanted: bool
    unit: Unit | None = None


class Place(NamedTuple):
    """Where a unit stands: its function, and the guards on the way to it from the function's start."""

    unit: Unit
    function: Function
    guards: tuple[Guard, ...]


class Map:
    """Every unit of a program with its place, and the guards of every statement."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.places: dict[Unit, Place] = {}
        """By a unit's name as coverage has it, without ``#2`` of a second one at its place."""
        self.met: frozenset[Unit] = frozenset()
        """Units that have run on the way that is gone on from."""
        self._guards: dict[ast.stmt, tuple[Guard, ...]] = {}
        for path, tree in program.modules.items():
            _Walk(program, path, self.places, self._guards).block(tree.body, ())

    def guards_of(self, node: ast.AST) -> tuple[Guard, ...]:
        """The guards of the statement that a node stands in."""
        statement = self.program.statement(node)
        return self._guards.get(statement, ()) if statement is not None else ()


class _Walk:
    def __init__(
        self, program: Program, path: str, found: dict[Unit, Place], stated: dict[ast.stmt, tuple[Guard, ...]]
    ) -> None:
        self._program = program
        self._path = path
        self._found = found
        self._stated = stated

    def _unit(self, node: ast.expr | ast.stmt, kind: str) -> Unit:
        return f"{self._path}:{node.lineno}:{node.col_offset} {kind}"

    def _note(self, node: ast.expr | ast.stmt | ast.excepthandler, kind: str, guards: tuple[Guard, ...]) -> None:
        unit = f"{self._path}:{node.lineno}:{node.col_offset} {kind}".rstrip()
        self._found.setdefault(unit, Place(unit, self._program.owner(node), guards))

    def block(self, body: Sequence[ast.stmt], guards: tuple[Guard, ...]) -> None:
        for statement in body:
            self._note(statement, "", guards)
            self._stated[statement] = guards
            self._statement(statement, guards)
            match statement:
                case ast.If(test=test, body=then, orelse=otherwise) if _leaves(then) and not otherwise:
                    guards = (*guards, Guard(test, False, self._unit(statement, "else")))
                case ast.If(test=test, orelse=otherwise) if otherwise and _leaves(otherwise):
                    guards = (*guards, Guard(test, True, self._unit(statement, "if")))
                case ast.Assert(test=test):
                    guards = (*guards, Guard(test, True))
                case _:
                    pass

    def _statement(self, node: ast.stmt, guards: tuple[Guard, ...]) -> None:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                self.block(node.body, ())
            case ast.ClassDef():
                self.block(node.body, guards)
            case ast.If() | ast.While():
                kind = "if" if isinstance(node, ast.If) else "while"
                then = (*guards, Guard(node.test, True, self._unit(node, kind)))
                otherwise = (*guards, Guard(node.test, False, self._unit(node, "else")))
                self._expression(node.test, guards)
                self._note(node, kind, then)
                self._note(node, "else", otherwise)
                self.block(node.body, then)
                self.block(node.orelse, otherwise)
            case ast.For() | ast.AsyncFor():
                self._expression(node.iter, guards)
                self._note(node, "for", guards)
                self._note(node, "else", guards)
                self.block(node.body, guards)
                self.block(node.orelse, guards)
            case ast.Try() | ast.TryStar():
                self.block(node.body, guards)
                for handler in node.handlers:
                    self._note(handler, "except", guards)
                    self.block(handler.body, guards)
                self.block(node.orelse, guards)
                self.block(node.finalbody, guards)
            case ast.With() | ast.AsyncWith():
                for item in node.items:
                    self._expression(item.context_expr, guards)
                self.block(node.body, guards)
            case ast.Match():
                self._match(node, guards)
            case _:
                for child in _operands(node):
                    self._expression(child, guards)

    def _match(self, node: ast.Match, guards: tuple[Guard, ...]) -> None:
        self._expression(node.subject, guards)
        for number, case in enumerate(node.cases, 1):
            inner = guards
            if (test := _case_test(node.subject, case.pattern)) is not None:
                inner = (*inner, Guard(test, True, self._unit(node, f"case {number}")))
            if case.guard is not None:
                inner = (*inner, Guard(case.guard, True, self._unit(node, f"case {number}")))
            self._note(node, f"case {number}", inner)
            self.block(case.body, inner)
        self._note(node, "else", guards)

    def _expression(self, node: ast.expr, guards: tuple[Guard, ...]) -> None:
        match node:
            case ast.BoolOp(op=op, values=values):
                is_and, before = isinstance(op, ast.And), guards
                word = "and" if is_and else "or"
                for number, value in enumerate(values, 1):
                    if number > 1:
                        self._note(node, f"{word} {number}", before)
                    self._expression(value, before)
                    before = (*before, Guard(value, is_and, self._unit(node, f"{word} {number + 1}")))
            case ast.IfExp(test=test, body=body, orelse=orelse):
                self._expression(test, guards)
                for kind, part, wanted in (("ternary if", body, True), ("ternary else", orelse, False)):
                    inner = (*guards, Guard(test, wanted, self._unit(node, kind)))
                    self._note(node, kind, inner)
                    self._expression(part, inner)
            case ast.ListComp() | ast.SetComp() | ast.GeneratorExp() | ast.DictComp():
                self._comprehension(node, guards)
            case ast.Lambda(body=body):
                self._note(node, "lambda", ())
                self._expression(body, ())
            case _:
                for child in _operands(node):
                    self._expression(child, guards)

    def _comprehension(
        self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp, guards: tuple[Guard, ...]
    ) -> None:
        inner = guards
        for generator in node.generators:
            self._expression(generator.iter, inner)
            for test in generator.ifs:
                self._expression(test, inner)
                inner = (*inner, Guard(test, True, self._unit(test, "comprehension if")))
                self._note(test, "comprehension if", inner)
        self._note(node, "comprehension", inner)
        for part in (node.key, node.value) if isinstance(node, ast.DictComp) else (node.elt,):
            self._expression(part, inner)


def _operands(node: ast.AST) -> Iterator[ast.expr]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.expr):
            yield child
        elif isinstance(child, ast.keyword):
            yield child.value


def _leaves(body: Sequence[ast.stmt]) -> bool:
    return bool(body) and isinstance(body[-1], ast.Return | ast.Raise | ast.Continue | ast.Break)


def _case_test(subject: ast.expr, pattern: ast.pattern) -> ast.expr | None:
    """The comparison that a pattern of plain values stands for."""
    match pattern:
        case ast.MatchValue(value=value):
            test: ast.expr = ast.Compare(subject, [ast.Eq()], [value])
        case ast.MatchSingleton(value=value):
            test = ast.Compare(subject, [ast.Is()], [ast.Constant(value)])
        case ast.MatchOr(patterns=[first, *_]):
            return _case_test(subject, first)
        case ast.MatchMapping(keys=[key, *_], patterns=[ast.MatchValue(value=value), *_]):
            part = ast.Subscript(subject, key, ast.Load())
            test = ast.Compare(part, [ast.Eq()], [value])
        case _:
            return None
    for each in ast.walk(test):
        if not hasattr(each, "lineno"):
            ast.copy_location(each, subject)
    return test
