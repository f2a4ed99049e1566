"""What an app's source says that it looks for: texts that it compares with, and keys that it asks a payload for.

Candidates to try, no more: nothing is concluded from them.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from forgesim.manifest.model import App

__all__ = ["keys", "words"]

LONGEST = 60
MOST = 40
_ASKED = frozenset({"get", "pop", "setdefault"})
_MATCHED = frozenset(
    {"startswith", "endswith", "find", "index", "count", "match", "search", "fullmatch", "removeprefix", "split"}
)


def words(app: App) -> tuple[str, ...]:
    """Texts of at most 60 characters that the app compares something with, or looks up, then its other texts; at most
    40."""
    first: dict[str, None] = {}
    other: dict[str, None] = {}
    for node in _nodes(app):
        for text in _looked_for(node):
            first[text] = None
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            other[node.value] = None
    found = (text for text in {**first, **other} if 1 < len(text) <= LONGEST and text.strip() and "\n" not in text)
    return tuple(found)[:MOST]


def keys(app: App) -> tuple[str, ...]:
    """Names that the app takes from a mapping: ``x["name"]``, ``x.get("name")``, ``"name" in x``."""
    found: dict[str, None] = {}
    for node in _nodes(app):
        match node:
            case ast.Subscript(slice=ast.Constant(value=str() as name)):
                found[name] = None
            case ast.Call(func=ast.Attribute(attr=attr), args=[ast.Constant(value=str() as name), *_]):
                if attr in _ASKED:
                    found[name] = None
            case ast.Compare(left=ast.Constant(value=str() as name), ops=[ast.In() | ast.NotIn(), *_]):
                found[name] = None
    return tuple(name for name in found if 0 < len(name) <= LONGEST)


def _nodes(app: App) -> Iterator[ast.AST]:
    """Every node of every source that can be read, but for docstrings."""
    for _, text in sorted(app.sources.items()):
        try:
            tree = ast.parse(text)
        except (SyntaxError, ValueError, RecursionError):
            continue
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
