"""Units of JavaScript by the places that they have as Python: an arm's probe stands where the arm does, and the reader
of conditions knows it by the place of its condition."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from forgesim.source.guards import Guard, Map

__all__ = ["name_arms"]


def name_arms(where: Map) -> None:
    """Has the map know each unit of the program's translated modules by its own name too."""
    for path, tree in where.program.modules.items():
        if path.endswith(".py"):
            continue
        for unit, python in _arms(path, tree):
            if (place := where.places.get(python)) is not None:
                where.places.setdefault(unit, place._replace(unit=unit))
        for node in ast.walk(tree):
            _name_link(where, path, node)


def _name_link(where: Map, path: str, node: ast.AST) -> None:
    """What a ``?.`` leads to: where its statement stands, and what is asked is there."""
    match node:
        case ast.Call(func=ast.Attribute(value=of)) | ast.Compare(ops=[ast.In()], comparators=[of]):
            needs: tuple[Guard, ...] = (Guard(of, True),)
        case ast.Call() | ast.Subscript():
            needs = ()
        case _:
            return
    statement, unit = where.program.statement(node), f"{_place(path, node)} ?."
    if statement is not None and (place := where.places.get(_place(path, statement))) is not None:
        where.places.setdefault(unit, place._replace(unit=unit, guards=(*place.guards, *needs)))


def _arms(path: str, tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        match node:
            case ast.BoolOp(values=[_, *others], op=op):
                both = isinstance(op, ast.And)
                for number, other in enumerate(others, 2):
                    python = f"{_place(path, node)} {'and' if both else 'or'} {number}"
                    yield from ((f"{_place(path, other)} {word}", python) for word in (("&&",) if both else _EITHER))
            case ast.IfExp(body=body, orelse=orelse):
                yield f"{_place(path, body)} ?", f"{_place(path, node)} ternary if"
                yield f"{_place(path, orelse)} :", f"{_place(path, node)} ternary else"
            case ast.If(test=test, body=[first, *_], orelse=orelse):
                yield f"{_stands(path, first)} if", f"{_place(path, node)} if"
                arms: list[ast.expr | ast.stmt] = [test, *orelse[:1]]
                for each in arms:
                    yield f"{_stands(path, each)} else", f"{_place(path, node)} else"
            case ast.For(body=[first, *_]):
                yield f"{_stands(path, first)} loop", f"{_place(path, node)} for"
            case ast.While(body=[first, *_]):
                yield f"{_stands(path, first)} loop", f"{_place(path, node)} while"
            case ast.Lambda(body=body):
                yield f"{_place(path, body)} =>", f"{_place(path, node)} lambda"
            case ast.GeneratorExp(elt=value, generators=[one]) | ast.ListComp(elt=value, generators=[one]):
                called = [*one.ifs, value][0]
                yield f"{_place(path, called)} =>", f"{_place(path, node)} comprehension"
            case ast.Return():
                yield f"{_place(path, node)} =>", _place(path, node)
            case _:
                continue


_EITHER = ("||", "??", "default")


def _place(path: str, node: ast.expr | ast.stmt) -> str:
    return f"{path}:{node.lineno}:{node.col_offset}"


def _stands(path: str, node: ast.expr | ast.stmt) -> str:
    """Where an arm's probe stands: an ``if`` that is one has the place of its condition."""
    return _place(path, node.test if isinstance(node, ast.If) else node)
