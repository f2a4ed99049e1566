"""Where app code runs code that is no part of its files: ``exec``, ``eval`` and ``compile``, reached by name.

Coverage knows nothing of what such code does. Calls that the standard library makes for the app do not count.
"""

from __future__ import annotations

import ast

__all__ = ["dynamic_lines"]

_NAMES = frozenset({"exec", "eval", "compile"})


def dynamic_lines(tree: ast.Module) -> list[int]:
    """The lines that name one of the three, in order; any mention counts, as it may be called elsewhere."""
    finder = _Finder(tree)
    finder.visit(tree)
    return sorted(finder.lines)


class _Finder(ast.NodeVisitor):
    def __init__(self, tree: ast.Module) -> None:
        self.lines: set[int] = set()
        self._scopes = [_module_names(tree)]
        self._builtins = {"builtins", "__builtins__"}

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            if alias.name == "builtins" and alias.asname:
                self._builtins.add(alias.asname)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        if node.module == "builtins" and any(alias.name in _NAMES or alias.name == "*" for alias in node.names):
            self.lines.add(node.lineno)

    def visit_Name(self, node: ast.Name) -> None:
        own = any(node.id in scope for scope in self._scopes)
        if node.id in _NAMES and isinstance(node.ctx, ast.Load) and not own:
            self.lines.add(node.lineno)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        if node.attr in _NAMES and self._is_builtins(node.value):
            self.lines.add(node.lineno)
        self.generic_visit(node)

    def visit_Subscript(self, node: ast.Subscript) -> None:
        if _text(node.slice) in _NAMES and self._is_builtins(node.value):
            self.lines.add(node.lineno)
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        called = node.func.id if isinstance(node.func, ast.Name) else ""
        if called in ("getattr", "__import__") and any(_text(argument) in _NAMES for argument in node.args):
            self.lines.add(node.lineno)
        self.generic_visit(node)

    def _visit_function(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> None:
        self._scopes.append(_parameters(node))
        self.generic_visit(node)
        self._scopes.pop()

    visit_FunctionDef = _visit_function  # noqa: N815 -- the name that ast asks for
    visit_AsyncFunctionDef = _visit_function  # noqa: N815 -- the name that ast asks for
    visit_Lambda = _visit_function  # noqa: N815 -- the name that ast asks for

    def _is_builtins(self, node: ast.expr) -> bool:
        """``builtins``, ``__builtins__``, ``vars(builtins)``, ``builtins.__dict__``, ``__import__("builtins")``,
        and subscripts such as ``globals()["__builtins__"]``."""
        if isinstance(node, ast.Name):
            return node.id in self._builtins
        if isinstance(node, ast.Attribute):
            return node.attr in ("__dict__", "__builtins__", "modules") and self._is_builtins(node.value)
        if isinstance(node, ast.Subscript):
            return _text(node.slice) in self._builtins
        if isinstance(node, ast.Call):
            return any(_text(a) in self._builtins or self._is_builtins(a) for a in node.args)
        return False


def _text(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _module_names(tree: ast.Module) -> frozenset[str]:
    """Names that the module defines itself: its own ``def compile``, ``from re import compile``."""
    names: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.ImportFrom) and node.module != "builtins":
            names.update(alias.asname or alias.name for alias in node.names)
    return frozenset(names)


def _parameters(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> frozenset[str]:
    arguments = node.args
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
    return frozenset(argument.arg for argument in every if argument is not None)
