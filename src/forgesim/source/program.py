"""An app's modules as syntax trees: its functions, what names stand for, and who calls whom."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

__all__ = ["Body", "Function", "Program", "Scope", "Unit", "program_of"]

Body = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.Module
Unit = str
"""A coverage unit's name, ``src/pulse/scan.py:41:8 if``."""

MAX_DEPTH = 8
"""How far names and calls are followed: recursion has no end of its own."""


@dataclass(frozen=True, slots=True, eq=False)
class Function:
    """A function, or a module's top level. ``resolver``: the key that a decorator ``X.define(KEY)`` gives it."""

    path: str
    name: str
    node: Body
    resolver: str | None = None
    assigned: dict[str, list[ast.expr]] = field(default_factory=dict)
    """Local name → expressions that it is given; a loop's variable stands for what is looped over."""

    @property
    def parameters(self) -> list[str]:
        if isinstance(self.node, ast.Module):
            return []
        return [each.arg for each in (*self.node.args.posonlyargs, *self.node.args.args, *self.node.args.kwonlyargs)]


@dataclass(frozen=True, slots=True, eq=False)
class Scope:
    """A function with what its parameters are given: an expression in the caller's scope each, where known."""

    function: Function
    given: Mapping[str, tuple[ast.expr, Scope]] = field(default_factory=dict)
    depth: int = 0


class Program:
    """All modules of an app. ``sources``: path as coverage units have it → text; what is no Python is left out.
    ``trees``: modules that were read elsewhere."""

    def __init__(self, sources: Mapping[str, str], trees: Mapping[str, ast.Module] | None = None) -> None:
        self.modules: dict[str, ast.Module] = {}
        self.functions: list[Function] = []
        self.globals: dict[str, list[ast.expr]] = {}
        self._owner: dict[ast.AST, Function] = {}
        self._parent: dict[ast.AST, ast.AST] = {}
        self._mentioned: set[str] = set()
        self.kept: set[str] = set()
        """Names of modules that calls change: what they hold depends on how often the app was called."""
        self._called: dict[str, list[tuple[ast.Call, Function]]] = {}
        self._returned: dict[ast.AST, list[ast.expr]] = {}
        for path, tree in [*_parsed(sources), *(trees or {}).items()]:
            self.modules[path] = tree
            top = Function(path, "(module)", tree, assigned=self.globals)
            self.functions.append(top)
            self._read(tree, top)
        self.kept.update(name for name, values in self.globals.items() if any(map(_is_empty, values)))
        self.kept &= self.globals.keys()

    def _read(self, node: ast.AST, owner: Function) -> None:
        for child in ast.iter_child_nodes(node):
            self._owner[child] = owner
            self._parent[child] = node
            inner = owner
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
                inner = Function(owner.path, child.name, child, _resolver(child))
                self.functions.append(inner)
            elif isinstance(child, ast.Lambda):
                inner = Function(owner.path, "(lambda)", child)
                self.functions.append(inner)
            elif isinstance(child, ast.Call) and (name := called_name(child)) is not None:
                self._called.setdefault(name, []).append((child, owner))
            match child:
                case ast.Global(names=names):
                    self.kept.update(names)
                case ast.AugAssign(
                    target=ast.Subscript(value=ast.Name(id=name)) | ast.Attribute(value=ast.Name(id=name))
                ):
                    self.kept.add(name)
                case _:
                    pass
            if isinstance(child, ast.Name | ast.Attribute) and isinstance(child.ctx, ast.Load):
                self._mentioned.add(child.id if isinstance(child, ast.Name) else child.attr)
            for name, value in _assignments(child):
                owner.assigned.setdefault(name, []).append(value)
            self._read(child, inner)

    def owner(self, node: ast.AST) -> Function:
        """The function that a node stands in."""
        return self._owner[node]

    def statement(self, node: ast.AST) -> ast.stmt | None:
        """The statement that a node stands in; null for one that is not of the source."""
        while node in self._parent and not isinstance(node, ast.stmt):
            node = self._parent[node]
        return node if isinstance(node, ast.stmt) else None

    def resolver_keys(self) -> frozenset[str] | None:
        """The keys that ``X.define(KEY)`` gives; null where one stands only at run time."""
        defines = [node for node in self._parent if isinstance(node, ast.Attribute) and node.attr == "define"]
        keys = [_key(parent) if _calls(parent := self._parent[node], node) else None for node in defines]
        return frozenset(key for key in keys if key is not None) if None not in keys else None

    def named(self, name: str) -> Iterator[Function]:
        """Functions of the app with this bare name."""
        return (each for each in self.functions if each.name == name)

    def returned(self, function: Function) -> list[ast.expr]:
        """What the function's return statements give, those of functions inside it too."""
        if function.node not in self._returned:
            given = (each.value for each in ast.walk(function.node) if isinstance(each, ast.Return))
            self._returned[function.node] = [value for value in given if value is not None]
        return self._returned[function.node]

    def mentions(self, function: Function) -> bool:
        """Whether the app's code names the function anywhere, or hands it to a decorator: what is never named is never
        called, except from outside."""
        if isinstance(function.node, ast.Module | ast.Lambda):
            return True
        return bool(function.node.decorator_list) or function.name in self._mentioned

    def calls(self, function: Function) -> list[tuple[ast.Call, Function]]:
        """Calls of the app that may mean the function, by its bare name, with the function that each stands in."""
        return [pair for pair in self._called.get(function.name, []) if pair[1] is not function]

    def scope(self, function: Function, depth: int = 0) -> Scope:
        """The function as its first caller in the app calls it."""
        callers = self.calls(function)
        if not callers or depth >= MAX_DEPTH:
            return Scope(function, depth=depth)
        call, caller = callers[0]
        return self.entered(function, call, self.scope(caller, depth + 1))

    def entered(self, function: Function, call: ast.Call, caller: Scope) -> Scope:
        """The function as ``call`` in the scope of ``caller`` enters it."""
        names = function.parameters
        if names[:1] in (["self"], ["cls"]) and isinstance(call.func, ast.Attribute):
            names = names[1:]
        given = dict(zip(names, call.args, strict=False))
        given |= {each.arg: each.value for each in call.keywords if each.arg is not None}
        return Scope(function, {name: (value, caller) for name, value in given.items()}, caller.depth + 1)

    def meanings(self, name: str, scope: Scope) -> list[tuple[ast.expr, Scope]]:
        """What a name may stand for where it is read; nothing where that is not known."""
        if name in scope.given:
            return [scope.given[name]]
        if name in scope.function.assigned:
            return [(value, scope) for value in scope.function.assigned[name]]
        if name in scope.function.parameters:
            return []
        return [(value, scope) for value in self.globals.get(name, [])]


def program_of(sources: Mapping[str, str], trees: Mapping[str, ast.Module] | None = None) -> Program:
    """The program of these sources, which is read once for all who look at it."""
    return Program(sources, trees) if trees else _read_once(tuple(sources.items()))


@lru_cache(maxsize=2)
def _read_once(sources: tuple[tuple[str, str], ...]) -> Program:
    return Program(dict(sources))


def _parsed(sources: Mapping[str, str]) -> Iterator[tuple[str, ast.Module]]:
    for path, text in sources.items():
        try:
            yield path, ast.parse(text, path)
        except (SyntaxError, ValueError, RecursionError):
            continue


def called_name(call: ast.Call) -> str | None:
    """``scan`` for ``scan(…)`` and ``pages.scan(…)``."""
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return None


def _is_empty(value: ast.expr) -> bool:
    """A list, map or set that begins empty: what for, if nobody puts anything in?"""
    match value:
        case ast.List(elts=[]) | ast.Dict(keys=[]):
            return True
        case ast.Call(args=[]):
            return called_name(value) in ("list", "dict", "set", "Counter", "deque", "count")
        case ast.Call():
            return called_name(value) in ("defaultdict", "deque", "count")
        case _:
            return False


def _resolver(node: ast.FunctionDef | ast.AsyncFunctionDef) -> str | None:
    return next((key for decorator in node.decorator_list if (key := _key(decorator)) is not None), None)


def _key(node: ast.AST) -> str | None:
    """``scan`` of ``resolver.define("scan")``."""
    match node:
        case ast.Call(func=ast.Attribute(attr="define"), args=[ast.Constant(value=str(key)), *_]):
            return key
        case _:
            return None


def _calls(node: ast.AST, function: ast.AST) -> bool:
    return isinstance(node, ast.Call) and node.func is function


def _assignments(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    match node:
        case ast.Assign(targets=targets, value=value):
            for target in targets:
                yield from _bound(target, value)
        case ast.AnnAssign(target=target, value=ast.expr() as value):
            yield from _bound(target, value)
        case ast.AugAssign(target=target, value=value):
            yield from _bound(target, value)
        case ast.NamedExpr(target=target, value=value):
            yield from _bound(target, value)
        case ast.For() | ast.AsyncFor() | ast.comprehension():
            yield from _bound(node.target, ast.copy_location(ast.Starred(node.iter, ast.Load()), node.iter))
        case ast.withitem(context_expr=value, optional_vars=ast.expr() as target):
            yield from _bound(target, value)
        case _:
            return


def _bound(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    match target, value:
        case ast.Name(id=name), _:
            yield name, value
        case ast.Attribute(attr=name), _:
            yield name, value
        case ((ast.Tuple(elts=targets) | ast.List(elts=targets)), (ast.Tuple(elts=values) | ast.List(elts=values))):
            for each, part in zip(targets, values, strict=False):
                yield from _bound(each, part)
        case ((ast.Tuple(elts=targets) | ast.List(elts=targets)), _):
            for each in targets:
                yield from _bound(each, value)
        case _:
            return
