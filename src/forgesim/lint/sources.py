"""The app's Python files as trees, and who calls what in them. Nothing is run or imported."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

__all__ = ["Function", "Module", "Scope", "Site", "Sources", "sources_of"]

Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
_MAKES_CODE = frozenset({"exec", "eval", "__import__", "import_module", "globals", "setattr"})


@dataclass(frozen=True, slots=True)
class Scope:
    """Where an expression stands: its file and the functions around it, the outermost first."""

    file: str
    functions: tuple[Function, ...] = ()


@dataclass(frozen=True, slots=True)
class Site:
    """A call and where it stands. ``bound`` says that it is made on an object, which takes the first parameter."""

    call: ast.Call
    scope: Scope
    bound: bool


@dataclass(slots=True)
class Module:
    """One file. ``imports``: local name → (module, name there); the name is empty for a whole module."""

    file: str
    imports: dict[str, tuple[str, str]] = field(default_factory=dict)
    constants: dict[str, ast.expr | None] = field(default_factory=dict)
    """Name → what it is bound to at the top, ``None`` where that happens more than once or in another way."""


@dataclass(slots=True)
class Sources:
    """All files together. ``defined``, ``sites`` and ``loose`` go by the bare name of a function."""

    modules: dict[str, Module] = field(default_factory=dict)
    broken: dict[str, tuple[int | None, str]] = field(default_factory=dict)
    """File → line and fault, where it is no Python."""
    calls: list[Site] = field(default_factory=list)
    attributes: list[tuple[ast.Attribute, Scope]] = field(default_factory=list)
    """Attributes that are read and not called."""
    names: list[tuple[ast.Name, Scope]] = field(default_factory=list)
    """Names that are read and not called."""
    defined: dict[str, list[tuple[Function, Scope, bool]]] = field(default_factory=dict)
    makes_code: list[tuple[str, int]] = field(default_factory=list)
    handlers: frozenset[str] = frozenset()
    """Names of functions that the platform calls."""

    def sites(self, name: str, file: str) -> list[Site] | None:
        """Every call of the one function of that name, ``None`` where others may call it too.

        A name with an underscore belongs to its file, any other to the app. A function is called from elsewhere where
        it is decorated, handed on as a value, renamed by an import, defined twice, or called by nobody here.
        """
        own = name.startswith("_")

        def is_here(scope: Scope) -> bool:
            return not own or scope.file == file

        defined = [found for found in self.defined.get(name, ()) if is_here(found[1])]
        if name in self.handlers or len(defined) != 1 or _is_decorated(defined[0][0]):
            return None
        loose = any(node.attr == name and is_here(scope) for node, scope in self.attributes)
        loose = loose or any(node.id == name and is_here(scope) for node, scope in self.names)
        renamed = any(
            here != name and there == name
            for module in self.modules.values()
            for here, (_, there) in module.imports.items()
        )
        found = [site for site in self.calls if _name(site.call.func) == name and is_here(site.scope)]
        return None if loose or renamed or not found else found

    def module_named(self, dotted: str) -> Module | None:
        """The app's own module of that name."""
        path = "src/" + dotted.replace(".", "/")
        return self.modules.get(f"{path}.py") or self.modules.get(f"{path}/__init__.py")


def sources_of(texts: Mapping[str, str], handlers: frozenset[str] = frozenset()) -> Sources:
    """Read the files (relative path → text); those that are no Python are told in ``broken``."""
    sources = Sources(handlers=handlers)
    for file, text in texts.items():
        try:
            tree = ast.parse(text)
            _Reader(sources, Module(file)).read(tree)
        except SyntaxError as error:
            sources.broken[file] = (error.lineno, f"not Python: {error.msg}")
        except ValueError as error:
            sources.broken[file] = (None, f"not Python: {error}")
        except (RecursionError, MemoryError):
            sources.broken[file] = (None, "nested too deeply to be looked at")
    return sources


def _name(node: ast.expr) -> str | None:
    if isinstance(node, ast.Name):
        return node.id
    return node.attr if isinstance(node, ast.Attribute) else None


def _is_decorated(function: Function) -> bool:
    return not isinstance(function, ast.Lambda) and bool(function.decorator_list)


class _Reader:
    """Walks one file once and enters what it finds."""

    def __init__(self, sources: Sources, module: Module) -> None:
        self._sources, self._module = sources, module

    def read(self, tree: ast.Module) -> None:
        self._sources.modules[self._module.file] = self._module
        for name in _rebound(tree):
            self._module.constants[name] = None
        self._walk(tree, Scope(self._module.file), in_class=False)

    def _walk(self, node: ast.AST, scope: Scope, *, in_class: bool) -> None:
        for child in ast.iter_child_nodes(node):
            self._enter(child, scope, in_class=in_class)
            inner, of_class = scope, in_class
            if isinstance(child, Function):
                inner, of_class = Scope(scope.file, (*scope.functions, child)), False
            elif isinstance(child, ast.ClassDef):
                of_class = True
            self._walk(child, inner, in_class=of_class)

    def _enter(self, node: ast.AST, scope: Scope, *, in_class: bool) -> None:
        sources = self._sources
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                sources.defined.setdefault(node.name, []).append((node, scope, in_class))
                for decorator in node.decorator_list:
                    self._loose(decorator, scope, called=False)
            case ast.Import() | ast.ImportFrom():
                self._module.imports.update(_imported(node))
            case ast.Call():
                sources.calls.append(Site(node, scope, isinstance(node.func, ast.Attribute)))
                if _name(node.func) in _MAKES_CODE:
                    sources.makes_code.append((scope.file, node.lineno))
                for child in ast.iter_child_nodes(node):
                    self._loose(child, scope, called=child is node.func)
            case _:
                for child in ast.iter_child_nodes(node):
                    self._loose(child, scope, called=False)
        if not scope.functions and not in_class:
            self._bind(node)

    def _loose(self, node: ast.AST, scope: Scope, *, called: bool) -> None:
        if called or not isinstance(getattr(node, "ctx", None), ast.Load):
            return
        if isinstance(node, ast.Attribute):
            self._sources.attributes.append((node, scope))
        elif isinstance(node, ast.Name):
            self._sources.names.append((node, scope))

    def _bind(self, node: ast.AST) -> None:
        """Enter names that the top of the module binds: a plain assignment once is a constant."""
        constants = self._module.constants
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            target, value = node.targets[0].id, node.value
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None:
            target, value = node.target.id, node.value
        else:
            return
        constants[target] = None if target in constants else value


def _rebound(tree: ast.Module) -> Iterator[str]:
    """Names that are bound at the top in another way than one plain assignment, or by ``global`` in a function."""
    plain = {
        id(target)
        for node in ast.walk(tree)
        for target in (node.targets if isinstance(node, ast.Assign) and len(node.targets) == 1 else
                       [node.target] if isinstance(node, ast.AnnAssign) else [])
    }  # fmt: skip
    todo: list[ast.AST] = [tree]
    while todo:
        node = todo.pop()
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store | ast.Del) and id(node) not in plain:
            yield node.id
        if not isinstance(node, Function | ast.ClassDef):
            todo += ast.iter_child_nodes(node)
    for node in ast.walk(tree):
        if isinstance(node, ast.Global):
            yield from node.names


def _imported(node: ast.Import | ast.ImportFrom) -> Iterator[tuple[str, tuple[str, str]]]:
    for alias in node.names:
        if isinstance(node, ast.ImportFrom):
            yield alias.asname or alias.name, (node.module or "", alias.name)
        elif alias.asname:
            yield alias.asname, (alias.name, "")
        else:
            top = alias.name.partition(".")[0]
            yield top, (top, "")
