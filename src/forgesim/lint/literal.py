"""What a text is, as far as the source alone says: constants, joined texts, and parameters whose callers all say it.

A value that stands only at run time is a ``HOLE`` where the text around it is known, else nothing is known. Where a
function is called in several places there is one value for each; a ``Choice`` keeps them apart, so that the path of one
caller never meets the method of another.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from forgesim.lint.sources import Function, Scope, Site, Sources

__all__ = ["HOLE", "Choice", "Text", "keyword", "texts"]

HOLE: Final = "\0"
_DEEPEST: Final = 12
"""Names and calls that are followed one after the other; beyond, a value counts as unknown."""

_MOST_PARTS: Final = 60
"""Parts of a joined text that are looked at."""

Choice = Mapping[int, Site]
"""Function (by identity of its node) → the call of it that is being followed."""
_NO_CHOICE: Final[Choice] = {}


class Text(NamedTuple):
    """A text and the place of its first literal. ``by_hand`` says that it was joined from parts."""

    value: str
    file: str
    line: int
    by_hand: bool = False


Found = Iterator[tuple[Text | None, Choice]]


def texts(sources: Sources, node: ast.expr, scope: Scope, choice: Choice = _NO_CHOICE, depth: int = 0) -> Found:
    """Every text that the expression can be; ``None`` stands for one that is not known."""
    if depth > _DEEPEST:
        yield None, choice
        return
    match node:
        case ast.Constant(value=str() as value):
            yield Text(value.replace(HOLE, "\ufffd"), scope.file, node.lineno), choice
        case ast.JoinedStr():
            yield from _joined(sources, node, scope, choice, depth)
        case ast.BinOp(op=ast.Add()):
            for left, at in texts(sources, node.left, scope, choice, depth + 1):
                for right, then in texts(sources, node.right, scope, at, depth + 1):
                    yield _sum(left, right), then
        case ast.IfExp():
            yield from texts(sources, node.body, scope, choice, depth + 1)
            yield from texts(sources, node.orelse, scope, choice, depth + 1)
        case ast.NamedExpr():
            yield from texts(sources, node.value, scope, choice, depth + 1)
        case ast.Name():
            yield from _named(sources, node, scope, choice, depth)
        case ast.Call(func=ast.Name(id="route" | "assume_trusted_route"), args=[template, *_]):
            yield from texts(sources, template, scope, choice, depth + 1)
        case ast.Call(func=ast.Attribute(attr="route" | "assume_trusted_route"), args=[template, *_]):
            yield from texts(sources, template, scope, choice, depth + 1)
        case _:
            yield None, choice


def _sum(left: Text | None, right: Text | None) -> Text | None:
    """Two texts after one another; where the first is not known, nothing is."""
    if left is None:
        return None
    return Text(left.value + (right.value if right else HOLE), left.file, left.line, True)


def keyword(
    sources: Sources, call: ast.Call, name: str, scope: Scope, choice: Choice, depth: int = 0
) -> Iterator[tuple[Text | None, Choice, bool]]:
    """What a keyword of a call can be, through ``**rest`` of the functions around it too; the last part says whether
    it is given at all."""
    given = next((each for each in call.keywords if each.arg == name), None)
    if given is not None:
        for text, at in texts(sources, given.value, scope, choice, depth + 1):
            yield text, at, True
        return
    spread = [each.value for each in call.keywords if each.arg is None]
    if not spread:
        yield None, choice, False
    elif len(spread) > 1 or not isinstance(spread[0], ast.Name) or depth > _DEEPEST:
        yield None, choice, True
    else:
        yield from _rest(sources, spread[0].id, name, scope, choice, depth)


def _rest(
    sources: Sources, rest: str, name: str, scope: Scope, choice: Choice, depth: int
) -> Iterator[tuple[Text | None, Choice, bool]]:
    for at in range(len(scope.functions) - 1, -1, -1):
        function = scope.functions[at]
        if function.args.kwarg is not None and function.args.kwarg.arg == rest:
            outer = Scope(scope.file, scope.functions[:at])
            for site, then in _sites(sources, function, outer, choice):
                if site is None:
                    yield None, then, True
                else:
                    yield from keyword(sources, site.call, name, site.scope, then, depth + 1)
            return
    yield None, choice, True


def _joined(sources: Sources, node: ast.JoinedStr, scope: Scope, choice: Choice, depth: int) -> Found:
    """One text after the other, for every part may be several: whoever asks stops where it is too many."""
    if len(node.values) > _MOST_PARTS:
        yield None, choice
        return
    for value, at in _parts(sources, node.values, scope, choice, depth):
        yield Text(value, scope.file, node.lineno, HOLE in value), at


def _parts(
    sources: Sources, parts: list[ast.expr], scope: Scope, choice: Choice, depth: int
) -> Iterator[tuple[str, Choice]]:
    if not parts:
        yield "", choice
        return
    first = parts[0]
    value = first.value if isinstance(first, ast.FormattedValue) else first
    plain = not isinstance(first, ast.FormattedValue) or (first.conversion == -1 and first.format_spec is None)
    for text, at in texts(sources, value, scope, choice, depth + 1):
        head = text.value if text and plain else HOLE
        for rest, then in _parts(sources, parts[1:], scope, at, depth):
            yield head + rest, then


def _named(sources: Sources, node: ast.Name, scope: Scope, choice: Choice, depth: int) -> Found:
    for at in range(len(scope.functions) - 1, -1, -1):
        function = scope.functions[at]
        here, outer = Scope(scope.file, scope.functions[: at + 1]), Scope(scope.file, scope.functions[:at])
        if node.id in _parameters(function):
            if node.id in _stored(function):
                yield None, choice
                return
            for site, then in _sites(sources, function, outer, choice):
                yield from _argument(sources, function, node.id, outer, site, then, depth)
            return
        stored = _stored(function).get(node.id)
        if stored is not None:
            value = stored[0] if len(stored) == 1 else None
            yield from texts(sources, value, here, choice, depth + 1) if value is not None else iter([(None, choice)])
            return
    yield from _global(sources, node.id, scope.file, choice, depth)


def _global(sources: Sources, name: str, file: str, choice: Choice, depth: int) -> Found:
    module = sources.modules[file]
    value = module.constants.get(name)
    if value is not None:
        yield from texts(sources, value, Scope(file), choice, depth + 1)
        return
    source, there = module.imports.get(name, ("", ""))
    other = sources.module_named(source) if there and name not in module.constants else None
    if other is None or depth > _DEEPEST:
        yield None, choice
    else:
        yield from _global(sources, there, other.file, choice, depth + 1)


def _sites(sources: Sources, function: Function, outer: Scope, choice: Choice) -> Iterator[tuple[Site | None, Choice]]:
    """The call being followed, or each in turn; ``None`` where others may call the function."""
    if id(function) in choice:
        yield choice[id(function)], choice
        return
    name = None if isinstance(function, ast.Lambda) else function.name
    sites = sources.sites(name, outer.file) if name else None
    for site in sites if sites is not None else (None,):
        yield site, choice if site is None else {**choice, id(function): site}


def _argument(
    sources: Sources, function: Function, name: str, outer: Scope, site: Site | None, choice: Choice, depth: int
) -> Found:
    """What a call gives a parameter, or its default."""
    if site is None:
        yield None, choice
        return
    of_class = any(each is function and in_class for _, found in sources.defined.items() for each, _, in_class in found)
    positional = [each.arg for each in (*function.args.posonlyargs, *function.args.args)][of_class and site.bound :]
    index = positional.index(name) if name in positional else len(site.call.args)
    starred = any(isinstance(each, ast.Starred) for each in site.call.args[: index + 1])
    given = next((each.value for each in site.call.keywords if each.arg == name), None)
    if not starred and index < len(site.call.args):
        given = site.call.args[index]
    if given is not None:
        yield from texts(sources, given, site.scope, choice, depth + 1)
        return
    default = _defaults(function).get(name)
    if starred or any(each.arg is None for each in site.call.keywords) or default is None:
        yield None, choice
    else:
        yield from texts(sources, default, outer, choice, depth + 1)


def _parameters(function: Function) -> frozenset[str]:
    found = function.args
    every = (*found.posonlyargs, *found.args, *found.kwonlyargs, found.vararg, found.kwarg)
    return frozenset(each.arg for each in every if each is not None)


def _defaults(function: Function) -> dict[str, ast.expr]:
    found = function.args
    positional = [each.arg for each in (*found.posonlyargs, *found.args)]
    last = dict(zip(reversed(positional), reversed(found.defaults), strict=False))
    named = {
        each.arg: value for each, value in zip(found.kwonlyargs, found.kw_defaults, strict=True) if value is not None
    }
    return last | named


def _stored(function: Function) -> dict[str, list[ast.expr | None]]:
    """Names that the function itself binds → what each binding gives, ``None`` where that is no plain assignment."""
    stored: dict[str, list[ast.expr | None]] = {}
    todo: list[ast.AST] = [function.body] if isinstance(function, ast.Lambda) else list(function.body)
    plain: dict[int, ast.expr] = {}
    while todo:
        node = todo.pop()
        match node:
            case ast.Assign(targets=[ast.Name() as target]):
                plain[id(target)] = node.value
            case ast.AnnAssign(target=ast.Name() as target, value=ast.expr() as value):
                plain[id(target)] = value
            case ast.Name(ctx=ast.Store() | ast.Del()):
                stored.setdefault(node.id, []).append(plain.get(id(node)))
            case ast.Nonlocal() | ast.Global():
                stored |= {name: [None, None] for name in node.names}
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                stored.setdefault(node.name, []).append(None)
                todo += [each for each in ast.walk(node) if isinstance(each, ast.Nonlocal)]
                continue
            case ast.Lambda():
                continue
            case ast.Import() | ast.ImportFrom():
                for alias in node.names:
                    stored.setdefault(alias.asname or alias.name.partition(".")[0], []).append(None)
            case (
                ast.ExceptHandler(name=str() as name)
                | ast.MatchAs(name=str() as name)
                | ast.MatchStar(name=str() as name)
            ):
                stored.setdefault(name, []).append(None)
        todo += ast.iter_child_nodes(node)
    return stored
