"""The files of an app folder: their digest, the Python sources, and whether a handler's function is there."""

from __future__ import annotations

import ast
import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final, Literal

from forgesim.manifest.reading import Reader, one_of
from forgesim.manifest.tree import Node

__all__ = [
    "check_handlers", "digest_files", "javascript_file", "language", "package_version", "read_scripts", "read_sources",
]  # fmt: skip

LEFT_OUT: Final = frozenset({"__pycache__", "node_modules"})
_JAVASCRIPT: Final = (".tsx", ".jsx", ".ts", ".js", ".cjs", ".mjs")
_BINDING = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def _files(folder: Path, reader: Reader) -> Iterator[Path]:
    """Every file but caches, ``node_modules``, hidden folders and ``tests``, in one order on every machine."""
    found: list[Path] = []
    for top, folders, names in os.walk(folder):
        here = Path(top)
        folders[:] = [
            name
            for name in folders
            if name not in LEFT_OUT and not name.startswith(".") and here / name != folder / "tests"
        ]
        for name in [*folders, *names]:
            path = here / name
            if path.is_symlink() and not _stays_inside(path, folder):
                what = f"{path.relative_to(folder).as_posix()} is a link to a folder or out of the app"
                reader.tell(Node(None), what, "put the files themselves there")
            elif name in names and path.is_file():
                found.append(path)
    return iter(sorted(found, key=lambda path: path.relative_to(folder).as_posix()))


def _stays_inside(path: Path, folder: Path) -> bool:
    return path.is_file() and path.resolve().is_relative_to(folder.resolve())


def digest_files(folder: Path, reader: Reader) -> str:
    """SHA-256 over every file's relative path, size and bytes. Tells each file that cannot be read."""
    digest = hashlib.sha256()
    for path in _files(folder, reader):
        name = path.relative_to(folder).as_posix()
        try:
            raw = path.read_bytes()
        except OSError as error:
            reader.tell(Node(None), f"{name} cannot be read: {error.strerror}", "let its owner's account read it")
            continue
        digest.update(f"{len(name.encode('utf-8', 'surrogateescape'))} {len(raw)} ".encode())
        digest.update(name.encode("utf-8", "surrogateescape") + raw)
    return digest.hexdigest()


def read_sources(folder: Path, reader: Reader) -> dict[str, str]:
    """Relative path → text of every Python file under ``src``. ``digest_files`` tells those that cannot be read."""
    sources: dict[str, str] = {}
    for path in sorted((folder / "src").rglob("*.py")):
        name = path.relative_to(folder).as_posix()
        if LEFT_OUT.intersection(path.relative_to(folder).parts) or not path.is_file():
            continue
        try:
            sources[name] = path.read_bytes().decode("utf-8-sig")
        except UnicodeDecodeError:
            reader.tell(Node(None), f"{name} is not UTF-8 text", "save it as UTF-8")
        except OSError:
            continue
    return sources


def read_scripts(folder: Path) -> dict[str, str]:
    """Relative path → text of every JavaScript or TypeScript file under ``src``; what is no UTF-8, or cannot be
    read, is left out."""
    scripts: dict[str, str] = {}
    for path in sorted((folder / "src").rglob("*")):
        relative = path.relative_to(folder)
        if path.suffix not in _JAVASCRIPT or LEFT_OUT.intersection(relative.parts) or not path.is_file():
            continue
        with suppress(UnicodeDecodeError, OSError):
            scripts[relative.as_posix()] = path.read_bytes().decode("utf-8-sig")
    return scripts


def package_version(folder: Path) -> str | None:
    """``version`` of ``package.json``; ``None`` where there is no such text."""
    try:
        data = json.loads((folder / "package.json").read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
    version = data.get("version") if isinstance(data, dict) else None
    return version if isinstance(version, str) else None


def check_handlers(folder: Path, handlers: dict[str, Node], sources: dict[str, str], reader: Reader) -> None:
    """Tell each handler whose file is missing, or does not define the name; what JavaScript exports shows when it is
    loaded. An app is all Python or all JavaScript."""
    javascript = language(folder, handlers, sources) == "javascript"
    for key, node in handlers.items():
        module, _, name = node.value.rpartition(".")
        source = sources.get(f"src/{module}.py")
        if javascript and javascript_file(folder, module) is not None:
            continue
        if source is None and (folder / f"src/{module}.py").is_file():
            continue  # it cannot be read, which is told of the file
        if source is None:
            _tell_missing(folder, module, key, node, reader)
            continue
        names = _top_level_names(source)
        if names is not None and name not in names:
            hint = one_of(name, (found for found in names if not found.startswith("_")))
            reader.tell(node, f"src/{module}.py defines no {name!r}, the handler of {key}", hint)


def _tell_missing(folder: Path, module: str, key: str, node: Node, reader: Reader) -> None:
    if (found := javascript_file(folder, module)) is not None:
        what = f"{found} is JavaScript, and other handlers are Python: an app has one language"
        reader.tell(node, what, f"write src/{module}.py, or the others in JavaScript")
    else:
        what = f"the handler of {key} is missing: there is no src/{module}.py, .js, .ts or the like"
        reader.tell(node, what, f"create src/{module}.py, or correct handler: {node.value}")


def javascript_file(folder: Path, module: str) -> str | None:
    """``src/index.ts`` of the module ``index``: the first of the endings that Forge looks for, in its order."""
    files = (f"src/{module}{ending}" for ending in _JAVASCRIPT)
    return next((file for file in files if (folder / file).is_file()), None)


def language(folder: Path, handlers: dict[str, Node], sources: dict[str, str]) -> Literal["python", "javascript"]:
    """JavaScript where a handler has such a file and none a Python one."""
    modules = {node.value.rpartition(".")[0] for node in handlers.values()}
    if any(f"src/{module}.py" in sources for module in modules):
        return "python"
    return "javascript" if any(javascript_file(folder, module) for module in modules) else "python"


def _top_level_names(source: str) -> frozenset[str] | None:
    """Names that the module binds, ``None`` where that cannot be told: broken code, ``import *``, ``exec``."""
    try:
        todo: list[ast.AST] = [ast.parse(source)]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    names: set[str] = set()
    while todo:
        node = todo.pop()
        if isinstance(node, _BINDING):
            names.add(node.name)
            continue
        if isinstance(node, ast.Import | ast.ImportFrom):
            if isinstance(node, ast.ImportFrom) and node.module == "__future__":
                continue
            names |= {alias.asname or alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.Name):
            if node.id in ("exec", "globals", "vars", "locals", "setattr"):
                return None
            names |= {node.id} if isinstance(node.ctx, ast.Store) else set()
        todo += ast.iter_child_nodes(node)
    return None if "*" in names or "__getattr__" in names else frozenset(names)
