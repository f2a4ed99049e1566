"""What an app's source says that it looks for: texts that it compares with, keys that it asks for, values it expects.

Candidates to try, no more: nothing is concluded from them. ``trees`` is the source of a JavaScript app, as its image
has it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

from forgesim.manifest.model import App
from forgesim.source.program import Program
from forgesim.source.script import translated

__all__ = ["expected", "keys", "words"]

Trees = Mapping[str, Any]
NO_TREES: Final[Trees] = MappingProxyType({})
LONGEST = 60
MOST = 40
_ASKED = frozenset({"get", "pop", "setdefault"})
_MATCHED = frozenset(
    {"startswith", "endswith", "find", "index", "count", "match", "search", "fullmatch", "removeprefix", "split"}
)


def words(app: App, trees: Trees = NO_TREES) -> tuple[str, ...]:
    """Texts of at most 60 characters that the app compares something with, or looks up, then its other texts; at most
    40."""
    first: dict[str, None] = {}
    other: dict[str, None] = {}
    for node in _nodes(app, trees):
        for text in _looked_for(node):
            first[text] = None
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            other[node.value] = None
    found = (text for text in {**first, **other} if 1 < len(text) <= LONGEST and text.strip() and "\n" not in text)
    return tuple(found)[:MOST]


def keys(app: App, trees: Trees = NO_TREES) -> tuple[str, ...]:
    """Names that the app takes from a mapping: ``x["name"]``, ``x.get("name")``, ``"name" in x``."""
    found: dict[str, None] = {}
    for node in _nodes(app, trees):
        match node:
            case ast.Compare(left=ast.Constant(value=str() as name), ops=[ast.In() | ast.NotIn(), *_]):
                found[name] = None
            case _:
                found |= dict.fromkeys(_asked(node))
    return tuple(name for name in found if 0 < len(name) <= LONGEST)


def expected(app: App, trees: Trees = NO_TREES) -> dict[str, tuple[Any, ...]]:
    """Key → texts and numbers that the app compares with what is under it: ``x.get("mode") == "all"``; of numbers, the
    next ones too."""
    found: dict[str, dict[Any, None]] = {}
    for node in _nodes(app, trees):
        if not isinstance(node, ast.Compare):
            continue
        inner = [each for part in (node.left, *node.comparators) for each in ast.walk(part)]
        names = [name for each in inner for name in _asked(each)]
        values = [value for each in inner for value in _values(each) if value not in names]
        for name in names:
            found.setdefault(name, {}).update(dict.fromkeys(values))
    return {name: tuple(values) for name, values in found.items() if values}


def _asked(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Subscript(slice=ast.Constant(value=str() as name)):
            yield name
        case ast.Call(func=ast.Attribute(attr=attr), args=[ast.Constant(value=str() as name), *_]) if attr in _ASKED:
            yield name
        case _:
            pass


def _values(node: ast.AST) -> Iterator[Any]:
    match node:
        case ast.Constant(value=bool()):
            pass
        case ast.Constant(value=str() as text) if len(text) <= LONGEST:
            yield text
        case ast.Constant(value=int() | float() as number):
            yield from (number, number + 1, number - 1)
        case _:
            pass


def _nodes(app: App, trees: Trees) -> Iterator[ast.AST]:
    """Every node of every source that can be read, but for docstrings."""
    program = Program(app.sources, translated(trees, app.handler_names))
    for _, tree in sorted(program.modules.items()):
        told = {
            id(node.value)
            for node in ast.walk(tree)
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        }
        yield from (node for node in ast.walk(tree) if id(node) not in told)


def _looked_for(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Compare():
            parts: list[ast.expr] = [node.left, *node.comparators]
        case ast.Call(func=ast.Attribute(attr=attr)) if attr in _MATCHED:
            parts = node.args
        case ast.Dict():
            parts = [key for key in node.keys if key is not None]
        case ast.MatchValue():
            parts = [node.value]
        case ast.Set() | ast.Tuple() | ast.List():
            parts = node.elts
        case _:
            parts = []
    for part in parts:
        for inner in ast.walk(part):
            if isinstance(inner, ast.Constant) and isinstance(inner.value, str):
                yield inner.value
