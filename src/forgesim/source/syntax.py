"""What JavaScript's syntax is called in Python's: operators, methods, members, and the places of nodes."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Any, TypeVar

__all__ = ["COMPARED", "COUNTED", "METHODS", "ROOTS", "Node", "at", "key_of", "member", "named", "root", "target_name"]

Node = Mapping[str, Any]

COMPARED: Mapping[str, type[ast.cmpop]] = {
    "===": ast.Eq, "==": ast.Eq, "!==": ast.NotEq, "!=": ast.NotEq, "<": ast.Lt, "<=": ast.LtE, ">": ast.Gt,
    ">=": ast.GtE, "in": ast.In,
}  # fmt: skip
COUNTED: Mapping[str, type[ast.operator]] = {
    "+": ast.Add, "-": ast.Sub, "*": ast.Mult, "/": ast.Div, "%": ast.Mod, "&": ast.BitAnd, "|": ast.BitOr,
    "^": ast.BitXor, ">>": ast.RShift, ">>>": ast.RShift,
}  # fmt: skip
METHODS = {
    "startsWith": "startswith", "endsWith": "endswith", "toLowerCase": "lower", "toUpperCase": "upper",
    "toLocaleLowerCase": "lower", "toLocaleUpperCase": "upper", "trim": "strip", "trimStart": "lstrip",
    "trimEnd": "rstrip", "indexOf": "find", "replaceAll": "replace",
}  # fmt: skip
ROOTS = ("payload", "context")
"""What a resolver's request has: they are named so wherever they come from."""


_Made = TypeVar("_Made", bound=ast.AST)


def at(made: _Made, node: Node) -> _Made:
    """Gives the node's place to all of it that has none yet."""
    line, column = node["at"]
    for each in ast.walk(made):
        if isinstance(each, ast.expr | ast.stmt | ast.excepthandler | ast.arg | ast.keyword) and not hasattr(
            each, "lineno"
        ):
            each.lineno, each.col_offset = line, column
            inner = (getattr(below, "end_lineno", line) or line for below in ast.iter_child_nodes(each))
            each.end_lineno, each.end_col_offset = max((line, *inner)), column
    return made


def named(name: str) -> ast.Name:
    return ast.Name(name, ast.Load())


def root(name: str) -> ast.expr:
    return ast.Attribute(named("request"), name, ast.Load())


def member(value: ast.expr, key: str) -> ast.expr:
    """``value.key``: of a list or text its length, of a request its payload, of all else what lies under the key."""
    if key == "length":
        return ast.Call(named("len"), [value], [])
    if key in ROOTS:
        return ast.Attribute(value, key, ast.Load())
    return ast.Subscript(value, ast.Constant(key), ast.Load())


def target_name(target: Node) -> str | None:
    """The name that is given a value: ``x``, ``this.x``, ``exports.x``."""
    if target["type"] == "Identifier":
        return str(target["name"])
    if target["type"] == "MemberExpression" and not target["computed"]:
        return str(target["property"]["name"])
    return None


def key_of(node: Node) -> str | None:
    key = node["key"]
    if node.get("computed"):
        return None
    return str(key["name"] if "name" in key else key["value"])
