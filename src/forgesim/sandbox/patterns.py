"""Regular expressions that an app's source writes out: its zygote compiles them once, for all its workers."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable

__all__ = ["Pattern", "patterns_of"]

Pattern = tuple[str | bytes, int]
"""An expression and its flags."""

_TAKERS = ("compile", "search", "match", "fullmatch", "split", "findall", "finditer", "sub", "subn")
_MOST = 400
"""How many are compiled ahead: ``re`` keeps some 500."""
_LONGEST = 500
"""Characters; what takes long to compile, an app compiles in its own time."""
_FLAGS = ("A", "ASCII", "I", "IGNORECASE", "M", "MULTILINE", "S", "DOTALL", "X", "VERBOSE", "U", "UNICODE")
"""Without DEBUG, which prints as it compiles."""


def patterns_of(trees: Iterable[ast.Module]) -> tuple[Pattern, ...]:
    """The first argument of ``re.compile`` and the like, where it is a literal: once each with its flags."""
    found: dict[Pattern, None] = {}
    for tree in trees:
        for node in ast.walk(tree):
            match node:
                case ast.Call(
                    func=ast.Attribute(value=ast.Name("re"), attr=name),
                    args=[ast.Constant(str() | bytes() as text), *more],
                    keywords=keywords,
                ) if name in _TAKERS and len(text) <= _LONGEST:
                    given = more[:1] if name == "compile" else []
                    given += [each.value for each in keywords if each.arg == "flags"]
                    flags = [_flags(each) for each in given]
                    if None not in flags:
                        found[text, sum(filter(None, flags))] = None
    return tuple(found)[:_MOST]


def _flags(node: ast.expr) -> int | None:
    """What ``re.I | re.M`` stands for; null where it is anything else."""
    match node:
        case ast.Attribute(value=ast.Name("re"), attr=name) if name in _FLAGS:
            return int(getattr(re, name))
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            one, other = _flags(left), _flags(right)
            return None if one is None or other is None else one | other
        case _:
            return None
