"""Coverage by rewriting: app code that sets a byte wherever it gets to.

Units are statements and everything that may be skipped within one: the arms of ``if``, ``while``, ``for``, ``except``
and ``match`` (the ones that are not written too), operands of ``and`` and ``or``, arms of a ternary, later operands of
a chained comparison, lambdas, guards and elements of comprehensions, computed messages of ``assert``. No comment
switches a unit off.

A unit has run where it got to its end: an error halfway through skips the rest, and nothing else would tell. A call
that is the last thing to do is about to be made there; whether it comes back is told elsewhere.

A probe is ``MARKER.__setitem__(unit, 1)`` or ``MARKER[unit] = 1`` on a constant that the guest replaces by its array of
hits (forgesim.guest.coverage): no name is added to any namespace, and line numbers stay.
"""

from __future__ import annotations

import ast
from typing import Any, TypeVar

__all__ = ["rewrite"]

_Node = TypeVar("_Node", bound=ast.AST)
_ARMED = (ast.If, ast.While, ast.For, ast.AsyncFor, ast.Match)
"""Statements whose arms are their units."""


def rewrite(source: str, path: str, *, marker: str, first: int) -> tuple[ast.Module, tuple[str, ...]]:
    """The tree of ``source`` with probes, and the names of its units, which are numbered from ``first``.

    A name is ``src/pulse/scan.py:41:8``, with a word behind it where it is no plain statement: ``if``, ``else``,
    ``and 2``. Raises what ``ast.parse`` raises.
    """
    tree = ast.parse(source, path)
    rewriter = _Rewriter(path, marker, first)
    tree.body = rewriter.block(tree.body, documented=True)
    return tree, tuple(rewriter.units)


class _Rewriter(ast.NodeTransformer):
    def __init__(self, path: str, marker: str, first: int) -> None:
        self._path = path
        self._marker = marker
        self._first = first
        self._taken: dict[str, int] = {}
        self.units: list[str] = []

    # --- units and probes ----------------------------------------------------------------------------------

    def _unit(self, node: ast.expr | ast.stmt | ast.excepthandler, kind: str) -> int:
        name = f"{self._path}:{node.lineno}:{node.col_offset} {kind}".rstrip()
        before = self._taken[name] = self._taken.get(name, 0) + 1
        self.units.append(name if before == 1 else f"{name} #{before}")
        return self._first + len(self.units) - 1

    def _statement(self, node: Any, kind: str = "") -> ast.stmt:
        """``MARKER[unit] = 1``, in the place of ``node``."""
        return self._set(node, self._unit(node, kind))

    def _set(self, node: Any, unit: int) -> ast.stmt:
        array = ast.Subscript(ast.Constant(self._marker), ast.Constant(unit), ast.Store())
        return _at(node, ast.Assign([array], ast.Constant(1)))

    def _probe(self, unit: int) -> ast.expr:
        """``MARKER.__setitem__(unit, 1)``, which is None."""
        setitem = ast.Attribute(ast.Constant(self._marker), "__setitem__", ast.Load())
        return ast.Call(setitem, [ast.Constant(unit), ast.Constant(1)], [])

    def _before(self, value: ast.expr, unit: int) -> ast.expr:
        """``PROBE or value``: told before it is computed."""
        return ast.copy_location(ast.BoolOp(ast.Or(), [_at(value, self._probe(unit)), value]), value)

    def _computed(self, value: ast.expr, unit: int) -> ast.expr:
        """A value that tells when it is computed, or that its last call is about to be made: ``(value, PROBE)[0]``,
        ``call(…, **(PROBE or {}))``."""
        match value:
            case ast.Call():
                nothing = ast.BoolOp(ast.Or(), [self._probe(unit), ast.Dict([], [])])
                value.keywords.append(_at(value, ast.keyword(None, nothing)))
                return value
            case ast.Yield(value=None):
                value.value = _at(value, self._probe(unit))
                return value
            case (
                ast.Await(value=inner) | ast.Yield(value=ast.expr() as inner) | ast.YieldFrom(value=inner)
                | ast.NamedExpr(value=inner)
            ):  # fmt: skip
                value.value = self._computed(inner, unit)
                return value
            case ast.BoolOp(values=[first, *_]):  # the other operands are units, and so are arms
                value.values[0] = self._computed(first, unit)
                return value
            case ast.IfExp(test=test):
                value.test = self._computed(test, unit)
                return value
            case ast.Constant() | ast.Name() | ast.Lambda():  # nothing in these goes wrong
                return self._before(value, unit)
            case _:
                both = ast.Tuple([value, _at(value, self._probe(unit))], ast.Load())
                first = ast.Subscript(both, _at(value, ast.Constant(0)), ast.Load())
                return ast.copy_location(first, ast.copy_location(both, value))

    def _value(self, value: ast.expr, place: ast.expr, kind: str) -> ast.expr:
        unit = self._unit(place, kind)
        return self._computed(self.visit(value), unit)

    # --- statements ----------------------------------------------------------------------------------------

    def block(self, body: list[ast.stmt], *, documented: bool = False) -> list[ast.stmt]:
        """The statements, each behind its probe; a docstring and imports from ``__future__`` stay first."""
        out: list[ast.stmt] = []
        for number, statement in enumerate(body):
            if documented and number == 0 and _is_text(statement):
                out.append(statement)
                continue
            if isinstance(statement, _ARMED) or not _does_something(statement):
                out.append(self.visit(statement))
            else:
                out += self._stated(statement, self._unit(statement, ""))
        return out

    def _stated(self, statement: ast.stmt, unit: int) -> list[ast.stmt]:
        """A statement with its probe: where it ends, or before one that has statements within or nothing to do."""
        node = self.visit(statement)
        match node:
            case ast.Expr(value=value) | ast.Return(value=ast.expr() as value):
                node.value = self._computed(value, unit)
            case ast.Assign(value=value) | ast.AnnAssign(value=ast.expr() as value) | ast.AugAssign(value=value) if all(
                map(_is_simple, node.targets if isinstance(node, ast.Assign) else [node.target])
            ):
                node.value = self._computed(value, unit)
            case ast.Raise(cause=ast.expr() as cause):
                node.cause = self._computed(cause, unit)
            case ast.Raise(exc=ast.expr() as error):
                node.exc = self._computed(error, unit)
            case ast.Assert(test=test):
                node.test = self._computed(test, unit)
            case (
                ast.Assign() | ast.AnnAssign() | ast.AugAssign() | ast.Delete()
                | ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef()
            ):  # fmt: skip
                return [node, self._set(statement, unit)]
            case _:
                return [self._set(statement, unit), node]
        return [node]

    def _arm(self, node: Any, kind: str, body: list[ast.stmt]) -> list[ast.stmt]:
        return [self._statement(node, kind), *self.block(body)]

    def visit_If(self, node: ast.If) -> ast.If:
        node.test = self.visit(node.test)
        node.body = self._arm(node, "if", node.body)
        node.orelse = self._arm(node, "else", node.orelse)
        return node

    def visit_While(self, node: ast.While) -> ast.While:
        node.test = self.visit(node.test)
        node.body = self._arm(node, "while", node.body)
        if not (isinstance(node.test, ast.Constant) and node.test.value):  # `while True` has no other way out
            node.orelse = self._arm(node, "else", node.orelse)
        return node

    def visit_For(self, node: Any) -> Any:
        node.target = self.visit(node.target)
        node.iter = self.visit(node.iter)
        node.body = self._arm(node, "for", node.body)
        node.orelse = self._arm(node, "else", node.orelse)
        return node

    visit_AsyncFor = visit_For  # noqa: N815 -- the name that ast asks for

    def visit_Try(self, node: Any) -> Any:
        node.body = self.block(node.body)
        for handler in node.handlers:
            handler.type = handler.type and self.visit(handler.type)
            handler.body = self._arm(handler, "except", handler.body)
        node.orelse = self.block(node.orelse)
        node.finalbody = self.block(node.finalbody)
        return node

    visit_TryStar = visit_Try  # noqa: N815 -- the name that ast asks for

    def visit_With(self, node: Any) -> Any:
        node.items = [self.visit(item) for item in node.items]
        node.body = self.block(node.body)
        return node

    visit_AsyncWith = visit_With  # noqa: N815 -- the name that ast asks for

    def visit_Match(self, node: ast.Match) -> ast.Match:
        node.subject = self.visit(node.subject)
        for number, case in enumerate(node.cases, 1):
            case.guard = case.guard and self.visit(case.guard)
            case.body = self._arm(node, f"case {number}", case.body)
        if not any(case.guard is None and _is_irrefutable(case.pattern) for case in node.cases):
            pattern = _at(node, ast.MatchAs())
            node.cases.append(ast.match_case(pattern, None, [self._statement(node, "else")]))
        return node

    def visit_FunctionDef(self, node: Any) -> Any:
        """Annotations stay as they are: their text may be what the app reads."""
        node.decorator_list = [self.visit(decorator) for decorator in node.decorator_list]
        self._defaults(node.args)
        node.body = self.block(node.body, documented=True)
        return node

    visit_AsyncFunctionDef = visit_FunctionDef  # noqa: N815 -- the name that ast asks for

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.ClassDef:
        node.decorator_list = [self.visit(decorator) for decorator in node.decorator_list]
        node.bases = [self.visit(base) for base in node.bases]
        node.keywords = [self.visit(keyword) for keyword in node.keywords]
        node.body = self.block(node.body, documented=True)
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AnnAssign:
        node.target = self.visit(node.target)
        node.value = node.value and self.visit(node.value)
        return node

    def visit_TypeAlias(self, node: _Node) -> _Node:
        return node

    def visit_Assert(self, node: ast.Assert) -> ast.Assert:
        node.test = self.visit(node.test)
        if node.msg is not None and not isinstance(node.msg, ast.Constant):
            node.msg = self._value(node.msg, node.msg, "assert message")
        return node

    def _defaults(self, arguments: ast.arguments) -> None:
        arguments.defaults = [self.visit(default) for default in arguments.defaults]
        arguments.kw_defaults = [default and self.visit(default) for default in arguments.kw_defaults]

    # --- expressions ---------------------------------------------------------------------------------------

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.BoolOp:
        word = "and" if isinstance(node.op, ast.And) else "or"
        later = [self._value(value, node, f"{word} {number}") for number, value in enumerate(node.values[1:], 2)]
        node.values = [self.visit(node.values[0]), *later]
        return node

    def visit_IfExp(self, node: ast.IfExp) -> ast.IfExp:
        node.test = self.visit(node.test)
        node.body = self._value(node.body, node, "ternary if")
        node.orelse = self._value(node.orelse, node, "ternary else")
        return node

    def visit_Compare(self, node: ast.Compare) -> ast.Compare:
        later = [
            self.visit(value)
            if isinstance(value, ast.Constant | ast.Name)
            else self._value(value, node, f"compare {n}")
            for n, value in enumerate(node.comparators[1:], 3)
        ]
        node.left = self.visit(node.left)
        node.comparators = [self.visit(node.comparators[0]), *later]
        return node

    def visit_Lambda(self, node: ast.Lambda) -> ast.Lambda:
        self._defaults(node.args)
        node.body = self._value(node.body, node, "lambda")
        return node

    def _generators(self, node: Any) -> None:
        for generator in node.generators:
            generator.target = self.visit(generator.target)
            generator.iter = self.visit(generator.iter)
            generator.ifs = [self._guard(guard) for guard in generator.ifs]

    def _guard(self, guard: ast.expr) -> ast.expr:
        """``guard and (probe or True)``: the guard's truth, told where it passes."""
        unit = self._unit(guard, "comprehension if")
        passed = self._before(_at(guard, ast.Constant(True)), unit)
        return ast.copy_location(ast.BoolOp(ast.And(), [self.visit(guard), passed]), guard)

    def visit_ListComp(self, node: Any) -> Any:
        self._generators(node)
        node.elt = self._value(node.elt, node, "comprehension")
        return node

    visit_SetComp = visit_ListComp  # noqa: N815 -- the name that ast asks for
    visit_GeneratorExp = visit_ListComp  # noqa: N815 -- the name that ast asks for

    def visit_DictComp(self, node: ast.DictComp) -> ast.DictComp:
        self._generators(node)
        unit = self._unit(node, "comprehension")
        node.key = self.visit(node.key)
        node.value = self._computed(self.visit(node.value), unit)
        return node


def _at(place: ast.AST, node: _Node) -> _Node:
    """A new node, with all that is in it, at the position of ``place``."""
    for child in ast.walk(node):
        ast.copy_location(child, place)
    return node


def _is_simple(target: ast.expr) -> bool:
    """Whether nothing is computed to assign to it."""
    match target:
        case ast.Name() | ast.Attribute(value=ast.Name()):
            return True
        case ast.Starred(value=inner):
            return _is_simple(inner)
        case ast.Tuple(elts=parts) | ast.List(elts=parts):
            return all(map(_is_simple, parts))
        case _:
            return False


def _is_text(statement: ast.stmt) -> bool:
    if not isinstance(statement, ast.Expr) or not isinstance(statement.value, ast.Constant):
        return False
    return isinstance(statement.value.value, str)


def _does_something(statement: ast.stmt) -> bool:
    """Whether it is executed at all: declarations and bare constants are not."""
    if isinstance(statement, ast.Expr):
        return not isinstance(statement.value, ast.Constant)
    if isinstance(statement, ast.ImportFrom):
        return statement.module != "__future__"
    return not isinstance(statement, ast.Global | ast.Nonlocal)


def _is_irrefutable(pattern: ast.pattern) -> bool:
    if isinstance(pattern, ast.MatchAs):
        return pattern.pattern is None or _is_irrefutable(pattern.pattern)
    return isinstance(pattern, ast.MatchOr) and any(_is_irrefutable(option) for option in pattern.patterns)
