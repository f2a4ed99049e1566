"""Functions that a list calls for each of its things, as Python's comprehensions: so what they are given is known."""

from __future__ import annotations

import ast

from forgesim.source.syntax import named

__all__ = ["over_each"]

_BOTH = {"every": "all", "some": "any"}
_MAPS = frozenset({"map", "flatMap", "forEach"})
_PICKS = frozenset({"filter", "find", "findLast"})


def over_each(method: str, of: ast.expr, function: ast.expr, name: str) -> ast.expr | None:
    """``of.method(function)``; null for a method that does something else, or where the function is not known by its
    name or as one expression. ``name``: one that nothing else has, for the thing at hand."""
    if method not in _MAPS | _PICKS and method not in _BOTH:
        return None
    thing = named(name)
    match function:
        case ast.Lambda(args=ast.arguments(args=[first, *_]), body=body):
            value = _Renamed(first.arg, name).visit(body)
        case ast.Lambda(body=body):
            value = body
        case ast.Name():
            value = ast.Call(function, [thing], [])
        case _:
            return None
    each = ast.comprehension(ast.Name(name, ast.Store()), of, [], 0)
    if method in _BOTH:
        return ast.Call(named(_BOTH[method]), [ast.GeneratorExp(value, [each])], [])
    if method in _MAPS:
        return ast.ListComp(value, [each])
    each.ifs.append(value)
    picked = ast.ListComp(thing, [each])
    return picked if method == "filter" else ast.Subscript(picked, ast.Constant(0), ast.Load())


class _Renamed(ast.NodeTransformer):
    """Another name for a function's parameter, but where a function within has one of the same name."""

    def __init__(self, old: str, new: str) -> None:
        self._old = old
        self._new = new

    def visit_Name(self, node: ast.Name) -> ast.Name:
        return ast.copy_location(named(self._new), node) if node.id == self._old else node

    def visit_Lambda(self, node: ast.Lambda) -> ast.Lambda:
        if all(each.arg != self._old for each in node.args.args):
            self.generic_visit(node)
        return node
