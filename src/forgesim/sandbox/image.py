"""An app compiled for its workers: they get code objects, so that nothing is compiled or cached inside the walls."""

from __future__ import annotations

import ast
import hashlib
import importlib.metadata
import marshal
import re
import sys
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import CodeType

from forgesim.errors import InputError, Problem
from forgesim.manifest.model import App
from forgesim.sandbox.compiled import Image
from forgesim.sandbox.dynamic import dynamic_lines
from forgesim.sandbox.javascript.image import build_javascript_image
from forgesim.sandbox.patterns import patterns_of
from forgesim.sandbox.rewrite import rewrite

__all__ = ["Image", "build_image", "build_service_image"]

_OURS = frozenset({"forgesim", "freezegun", "msgspec"})
_REQUIREMENT = re.compile(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)")


def build_image(app: App, *, coverage: bool) -> Image:
    """Compile every ``src/**.py`` of the app, with probes where ``coverage`` is wanted; or bundle its JavaScript.

    Raises InputError with a problem for each file that is no Python or hides a module of the standard library, and for
    what is missing to run JavaScript.
    """
    if app.language == "javascript":
        return build_javascript_image(app, coverage=coverage)
    marker = f"hits {app.digest}" if coverage else None
    modules: dict[str, tuple[str, bool, bytes]] = {}
    trees: list[ast.Module] = []
    units: list[str] = []
    dynamic: list[str] = []
    problems: list[Problem] = []
    for path, source in sorted(app.sources.items()):
        name = _module_name(path)
        if not name:
            continue
        if (hidden := _hides(name)) is not None:
            problems.append(hidden)
            continue
        try:
            tree = ast.parse(source, path)
            dynamic += [f"{path}:{line}" for line in dynamic_lines(tree)]
            if marker is not None:
                tree, own = rewrite(source, path, marker=marker, first=len(units))
                units += own
            payload = marshal.dumps((marker, _compile(tree, path)))
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            problems.append(_problem(error, path))
            continue
        modules[name] = (path, path.endswith("/__init__.py"), payload)
        trees.append(tree)
    if problems:
        raise InputError(*problems)
    requirements = app.path / "requirements.txt"
    return Image(
        name=app.name,
        root=app.path.resolve(),
        modules=modules,
        functions={key: function.handler for key, function in app.manifest.functions.items()},
        units=tuple(units),
        excluded=tuple(sorted(_top_level(requirements))),
        dynamic=tuple(dynamic),
        patterns=patterns_of(trees),
        dependencies=requirements.is_file(),
        digest=hashlib.sha256(f"{app.digest} {coverage}".encode()).hexdigest(),
        variables={name: variable.value for name, variable in app.trust.variables.items()},
        memory_bytes=app.manifest.memory_mb * 1024 * 1024,
    )


def build_service_image(app: App, *, handler: str, function: str, variables: Mapping[str, str] | None = None) -> Image:
    """Compile the vendor's service: the package or module in the app folder that a handler (``service.render``) names.

    ``function`` is the key that its worker is invoked by, ``variables`` what it finds in its environment. No coverage:
    claims about an app's code do not rest on it.
    Raises InputError where the module is missing or is no Python.
    """
    given = dict(variables or {})
    top = handler.rpartition(".")[0].partition(".")[0]
    package, single = app.path / top, app.path / f"{top}.py"
    files = sorted(package.rglob("*.py")) if package.is_dir() else [single] if single.is_file() else []
    modules: dict[str, tuple[str, bool, bytes]] = {}
    trees: list[ast.Module] = []
    problems: list[Problem] = []
    for file in files:
        path = file.relative_to(app.path).as_posix()
        name = path.removesuffix(".py").replace("/", ".").removesuffix(".__init__")
        try:
            tree = ast.parse(file.read_bytes(), path)
            payload = marshal.dumps((None, _compile(tree, path)))
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            problems.append(_problem(error, path))
            continue
        modules[name] = (path, file.name == "__init__.py", payload)
        trees.append(tree)
    if not files:
        hint = f"write {top}/__init__.py in the app folder"
        problems.append(Problem(what=f"there is no module {top!r} for the service {handler}", hint=hint))
    requirements = app.path / "requirements.txt"
    problems += _not_installed(requirements)
    if problems:
        raise InputError(*problems)
    return Image(
        name=f"{app.name} {handler}",
        root=app.path.resolve(),
        modules=modules,
        functions={function: handler},
        units=(),
        excluded=tuple(sorted(_top_level(requirements))),
        dynamic=(),
        patterns=patterns_of(trees),
        dependencies=requirements.is_file(),
        digest=hashlib.sha256(f"{app.digest} {handler} {function} {sorted(given.items())}".encode()).hexdigest(),
        variables=given,
    )


def _compile(tree: ast.Module, path: str) -> CodeType:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the app's own business, and no reason to fail where warnings are errors
        return compile(tree, path, "exec", dont_inherit=True, optimize=0)


def _module_name(path: str) -> str:
    """``src/pulse/scan.py`` → ``pulse.scan``; a package is its folder, and ``src`` itself is none."""
    name = path.removeprefix("src/").removesuffix(".py").replace("/", ".")
    return name.removesuffix("__init__").removesuffix(".")


def _hides(name: str) -> Problem | None:
    top = name.partition(".")[0]
    if top not in sys.stdlib_module_names and top not in _OURS:
        return None
    owner = "forgesim" if top in _OURS else "the standard library"
    file = f"src/{name.replace('.', '/')}.py"
    return Problem(what=f"the module {top!r} hides that of {owner}", file=file, hint=f"rename src/{top}")


def _problem(error: BaseException, path: str) -> Problem:
    if isinstance(error, SyntaxError):
        return Problem(what=f"not Python: {error.msg}", file=path, line=error.lineno, column=error.offset)
    if isinstance(error, ValueError):
        return Problem(what=f"not Python: {error}", file=path)
    return Problem(what="nested too deeply to compile", file=path, hint="split the expression")


def _top_level(requirements: Path) -> Iterator[str]:
    """The top-level modules of the distributions that a requirements.txt names."""
    for name in _required(requirements):
        try:
            listed = importlib.metadata.distribution(name).read_text("top_level.txt")
        except importlib.metadata.PackageNotFoundError:
            listed = None
        yield from (listed or name.lower().replace("-", "_")).split()


def _required(requirements: Path) -> Iterator[str]:
    if not requirements.is_file():
        return
    for line in requirements.read_text(encoding="utf-8", errors="replace").splitlines():
        if not line.lstrip().startswith(("#", "-")) and (found := _REQUIREMENT.match(line)) is not None:
            yield found[1]


def _not_installed(requirements: Path) -> Iterator[Problem]:
    for name in _required(requirements):
        try:
            importlib.metadata.distribution(name)
        except importlib.metadata.PackageNotFoundError:
            hint = f"pip install -r {requirements}"
            yield Problem(what=f"the service needs {name}, which is not installed", file=str(requirements), hint=hint)
