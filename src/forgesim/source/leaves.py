"""What a condition asks for: the parts of it that only a run can tell, and what each of them probably is."""

from __future__ import annotations

import ast
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from types import MappingProxyType
from typing import Literal

from forgesim.source.evaluate import HASHES, PURE_METHODS
from forgesim.source.program import MAX_DEPTH, Program, Scope, called_name

__all__ = ["EACH", "EACH_VALUE", "FIELDS", "Kind", "Leaf", "leaves_of"]

Kind = Literal[
    "payload", "context", "person", "label", "title", "body", "comment", "id", "time", "moment", "stored", "model",
    "counter", "other",
]  # fmt: skip
"""``time``: an instant as an object; ``moment``: as seconds since the epoch. ``counter``: a variable of the app's own
that outlives a call."""

EACH, EACH_VALUE = "[]", "{}"
"""In the place of a key: whichever thing of a list, or value of a map."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """A part of a condition. ``path``: the keys that lead to it in a payload or context. ``many``: it is a list or a
    map of such things. ``field``: what it reads of an issue or page where that may be empty, by the names of
    ``FIELDS``."""

    node: ast.expr
    kind: Kind
    path: tuple[str, ...] = ()
    many: bool = False
    field: str | None = None


FIELDS: Mapping[str, str] = MappingProxyType({
    "priority": "priority", "assignee": "assignee", "reporter": "reporter", "duedate": "duedate",
    "resolution": "resolution", "resolutiondate": "resolution", "customfield_10016": "estimate",
    "customfield_10020": "sprint", "sprint": "sprint", "closedsprints": "sprint", "parent": "parent",
    "parentid": "parent", "parenttype": "parent", "epic": "parent", "label": "labels", "labels": "labels",
    "description": "description", "body": "body", "storage": "body", "message": "message", "owner": "owner",
    "ownerid": "owner", "comment": "comments", "comments": "comments", "footer-comments": "comments",
    "inline-comments": "comments",
})  # fmt: skip
"""Keys of answers, in lower case → the field that is empty where the answer has null, nothing or no such key."""
MOST_NEAR = 12
"""Names, from the innermost key outwards, among which a field is looked for."""

_WORDS: tuple[tuple[Kind, frozenset[str]], ...] = (
    ("label", frozenset({"label", "labels"})),
    ("comment", frozenset({"comment", "comments", "footer-comments", "inline-comments"})),
    ("title", frozenset({"title", "titles", "summary"})),
    ("person", frozenset({
        "admin", "is_admin", "accountid", "account_id", "principal", "displayname", "publicname", "email",
        "emailaddress", "operations", "permissions", "permission", "groups", "accounttype", "account_type", "viewer",
        "locale", "timezone", "authorid", "ownerid", "owner",
    })),
    ("body", frozenset({"body", "storage", "value", "description", "excerpt", "text", "content"})),
    ("id", frozenset({"id", "key", "page_id", "pageid", "spaceid", "space_id"})),
)  # fmt: skip
_CLOCKS = frozenset({"now", "utcnow", "today", "localtime", "gmtime", "strftime", "ctime"})
_SECONDS = frozenset({"time", "time_ns"})
_STORES = frozenset({"kvs", "get_many", "get_secret"})
_TRANSPARENT = HASHES | frozenset({
    "len", "int", "str", "float", "bool", "ord", "sum", "min", "max", "abs", "sorted", "any", "all", "set", "list",
    "tuple", "frozenset", "reversed", "enumerate", "bytes", "round", "crc32", "adler32", "b64encode", "from_bytes",
    "fromtimestamp",
})  # fmt: skip
"""Functions whose result says something of their argument: what they are asked about is what counts."""
MOST_WORDS = 1000
"""Names that an expression is followed through: where it comes from by many ways, the nearest say what it is."""


def leaves_of(node: ast.expr, program: Program, scope: Scope) -> list[Leaf]:
    """The leaves of an expression, each once, in the order of its text."""
    found: dict[ast.expr, Leaf] = {}
    for part, where, many in _unknown(node, program, scope, 0, {}):
        if part not in found:
            found[part] = _leaf(part, program, where, many=many)
    return list(found.values())


def _unknown(  # noqa: C901, PLR0912 - one case a node
    node: ast.expr, program: Program, scope: Scope, depth: int, seen: dict[Hashable, int], *, many: bool = False
) -> Iterator[tuple[ast.expr, Scope, bool]]:
    """``seen``: at which depth an expression was gone into. Where many ways lead to one, as in a name that is given a
    value made of itself, it has the same leaves by all of them."""
    here = (node, scope.function, tuple((name, given) for name, (given, _) in scope.given.items()))
    if depth > 3 * MAX_DEPTH or seen.get(here, depth + 1) <= depth:
        return
    seen[here] = depth
    match node:
        case ast.Constant() | ast.Lambda():
            return
        case ast.Name(id=name) if name in program.kept:
            yield node, scope, many
        case ast.Name(id=name):
            found = program.meanings(name, scope)
            if len(found) == 1 and not isinstance(found[0][0], ast.Starred):
                yield from _unknown(*(found[0][0], program, found[0][1]), depth + 1, seen, many=many)
            elif (found and all(isinstance(each, ast.Constant) for each, _ in found) and name in program.globals) or (
                name not in _TRANSPARENT and (found or name in scope.function.parameters)
            ):
                yield node, scope, many
        case ast.Await(value=value):
            yield from _unknown(value, program, scope, depth, seen, many=many)
        case ast.Subscript(slice=ast.Slice()):
            yield from _unknown(node.value, program, scope, depth, seen, many=many)
        case ast.Subscript(value=value, slice=index):
            if _is_text(index, program, scope):
                yield node, scope, many
            elif isinstance(value, ast.Dict | ast.Name) and _is_table(value, program, scope):
                yield from _unknown(index, program, scope, depth + 1, seen)
            else:
                yield from _unknown(value, program, scope, depth, seen, many=many)
        case ast.Call(func=ast.Attribute(attr="get", value=value), args=[first, *_]):
            if _is_table(value, program, scope):
                yield from _unknown(first, program, scope, depth + 1, seen)
            else:
                yield node, scope, many
        case ast.Call(func=ast.Attribute(attr="time" | "time_ns", value=ast.Name(id="time"))):
            yield node, scope, many
        case ast.Call(func=ast.Attribute(attr=attr, value=value)) if attr in PURE_METHODS:
            yield from _unknown(value, program, scope, depth, seen, many=many)
            for argument in node.args:
                yield from _unknown(argument, program, scope, depth, seen, many=many)
        case ast.Call() if (called_name(node) or "") in _TRANSPARENT | {"match", "search", "fullmatch", "findall"}:
            for argument in node.args:
                yield from _unknown(argument, program, scope, depth, seen, many=many)
        case ast.Call():
            yield node, scope, many
        case ast.Attribute(attr=attr, value=value) if _is_time_field(attr):
            yield from _unknown(value, program, scope, depth, seen, many=many)
        case ast.Attribute():
            yield node, scope, many
        case ast.GeneratorExp() | ast.ListComp() | ast.SetComp() | ast.DictComp():
            for generator in node.generators:
                yield from _unknown(generator.iter, program, scope, depth, seen, many=True)
        case ast.Starred(value=value):
            yield from _unknown(value, program, scope, depth, seen, many=True)
        case _:
            for child in ast.iter_child_nodes(node):
                if isinstance(child, ast.expr):
                    yield from _unknown(child, program, scope, depth, seen, many=many)


def _is_text(node: ast.expr, program: Program, scope: Scope) -> bool:
    if isinstance(node, ast.Name):
        return any(_is_text(value, program, where) for value, where in program.meanings(node.id, scope))
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def _is_table(node: ast.expr, program: Program, scope: Scope) -> bool:
    """A map that the source itself writes out."""
    if isinstance(node, ast.Name):
        return any(isinstance(value, ast.Dict) for value, _ in program.meanings(node.id, scope))
    return isinstance(node, ast.Dict)


def _is_time_field(attr: str) -> bool:
    return attr in ("year", "month", "day", "hour", "minute", "second", "microsecond") or attr.startswith("tm_")


def _leaf(node: ast.expr, program: Program, scope: Scope, *, many: bool) -> Leaf:
    name = called_name(node) if isinstance(node, ast.Call) else None
    if any(isinstance(each, ast.Name) and each.id in program.kept for each in ast.walk(node)):
        return Leaf(node, "counter", many=many)
    if name in _SECONDS and not (isinstance(node, ast.Call) and node.args):
        return Leaf(node, "moment", many=many)
    if name in _CLOCKS:
        return Leaf(node, "time", many=many)
    if (path := _path_to("payload", node, program, scope, 0)) is not None:
        return Leaf(node, "payload", path, many)
    if (path := _path_to("context", node, program, scope, 0)) is not None:
        return Leaf(node, "person" if path[-1:] in (("accountId",), ("principal",)) else "context", path, many)
    words = list(dict.fromkeys(islice(_words(node, program, scope, 0), MOST_WORDS)))
    if _STORES & set(words) and not {"request_confluence", "request_jira"} & set(words):
        return Leaf(node, "stored", many=many)
    if "chat" in words or "llm" in words:
        return Leaf(node, "model", many=many)
    field = next((FIELDS[word.lower()] for word in words[:MOST_NEAR] if word.lower() in FIELDS), None)
    return Leaf(node, _said(words), many=many, field=field)


def _said(words: list[str]) -> Kind:
    """By the first word, from the innermost key outwards, that names something."""
    for word in words:
        for kind, names in _WORDS:
            if word.lower() in names:
                return kind
    return "other"


_SNAKE = {"account_id": "accountId", "account_type": "accountType", "local_id": "localId", "module_key": "moduleKey",
          "site_url": "siteUrl", "environment_type": "environmentType", "cloud_id": "cloudId"}  # fmt: skip


def _path_to(  # noqa: C901, PLR0911, PLR0912 - one case a node
    root: str, node: ast.expr, program: Program, scope: Scope, depth: int
) -> tuple[str, ...] | None:
    """The keys from a payload or context down to a value, outermost first; null where it comes from elsewhere."""
    if depth > 3 * MAX_DEPTH:
        return None

    def inside(value: ast.expr, *more: str) -> tuple[str, ...] | None:
        above = _path_to(root, value, program, scope, depth + 1)
        return None if above is None else (*above, *more)

    match node:
        case ast.Name(id=name) if name == root:
            return ()
        case ast.Attribute(attr=attr) if attr == root:
            return ()
        case ast.Name(id=name):
            found = (_path_to(root, each, program, where, depth + 1) for each, where in program.meanings(name, scope))
            return next((path for path in found if path is not None), None)
        case ast.Attribute(value=value, attr=attr):
            return (
                inside(value, _SNAKE.get(attr, attr)) if root == "context" else _attribute(attr, root, program, depth)
            )
        case ast.Subscript(value=value, slice=ast.Constant(value=str(key))):
            return inside(value, key)
        case (
            ast.Starred(value=(ast.ListComp(elt=elt) | ast.GeneratorExp(elt=elt)))
            | ast.Subscript(value=ast.ListComp(elt=elt))
        ):
            return inside(elt)
        case ast.Starred(value=ast.Call(func=ast.Attribute(attr=("keys" | "items"))) as value):
            return inside(value)
        case ast.Starred(value=value):
            of_map = isinstance(value, ast.Call) and called_name(value) == "values"
            return inside(value, EACH_VALUE if of_map else EACH)
        case ast.Subscript(value=value) | ast.Await(value=value):
            return inside(value)
        case ast.Call(func=ast.Attribute(attr=("get" | "pop"), value=value), args=[first, *_]):
            keys = list(_key(first, program, scope))
            return inside(value, *keys[:1])
        case ast.Call(func=ast.Attribute(attr=attr, value=value)) if attr in PURE_METHODS:
            return inside(value)
        case ast.Call(func=ast.Name(id=name), args=[first, *_]) if name in _TRANSPARENT | {"dict"}:
            return inside(first)
        case ast.BoolOp(values=values):
            return next((path for each in values if (path := inside(each)) is not None), None)
        case ast.NamedExpr(value=value) | ast.IfExp(body=value):
            return inside(value)
        case _:
            return None


def _attribute(attr: str, root: str, program: Program, depth: int) -> tuple[str, ...] | None:
    """An object's field, by what any method gives to a field of this name."""
    for function in program.functions:
        for value in function.assigned.get(attr, ()) if function.name == "__init__" else ():
            path = _path_to(root, value, program, program.scope(function), depth + 1)
            if path is not None:
                return path
    return None


def _words(  # noqa: C901, PLR0912 - one case a node
    node: ast.AST, program: Program, scope: Scope, depth: int
) -> Iterator[str]:
    """Names and text keys, from the outermost operation (the innermost key) to where the value comes from."""
    if depth > 3 * MAX_DEPTH:
        return
    match node:
        case ast.Attribute(attr=attr, value=value):
            yield attr
            yield from _words(value, program, scope, depth + 1)
            for each, where in program.meanings(attr, scope) if isinstance(value, ast.Name) else ():
                yield from _words(each, program, where, depth + 1)
        case ast.Name(id=name):
            yield name
            for each, where in program.meanings(name, scope)[:4]:
                yield from _words(each, program, where, depth + 1)
        case ast.Subscript(value=value, slice=index):
            yield from _key(index, program, scope)
            yield from _words(value, program, scope, depth + 1)
        case ast.Call(func=ast.Attribute(attr="get", value=value), args=[first, *_]):
            yield from _key(first, program, scope)
            yield from _words(value, program, scope, depth + 1)
        case ast.Call():
            yield from _words(node.func, program, scope, depth + 1)
            for function in list(program.named(called_name(node) or ""))[:1]:
                entered = program.entered(function, node, scope)
                for value in program.returned(function) if depth < MAX_DEPTH else ():
                    yield from _words(value, program, entered, depth + 2)
            for argument in (*node.args, *(each.value for each in node.keywords)):
                yield from _words(argument, program, scope, depth + 1)
        case ast.Constant(value=str(text)) if len(text) <= 200:
            yield from (part for part in text.replace("?", "/").split("/") if part.isidentifier() or "-" in part)
        case _:
            for child in ast.iter_child_nodes(node):
                if isinstance(child, ast.expr):
                    yield from _words(child, program, scope, depth + 1)


def _key(index: ast.expr, program: Program, scope: Scope) -> Iterator[str]:
    if isinstance(index, ast.Constant) and isinstance(index.value, str):
        yield index.value
    elif isinstance(index, ast.Name):
        for each, _ in program.meanings(index.id, scope):
            if isinstance(each, ast.Constant) and isinstance(each.value, str):
                yield each.value
