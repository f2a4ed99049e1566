"""The image of a JavaScript app: its handlers, bundled where there is a bundler, and Node to run them."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any

from forgesim.clock import EPOCH_MS
from forgesim.errors import InputError, Problem
from forgesim.manifest.app_files import javascript_file
from forgesim.manifest.model import App
from forgesim.nodeguest import ENTRY, FOLDER
from forgesim.sandbox.compiled import Image
from forgesim.sandbox.javascript.bundle import bundle, entry_of, find_bundler
from forgesim.sandbox.javascript.locales import FOLDER as LOCALES, locale_files
from forgesim.sandbox.javascript.node import ENVIRONMENT, Node, find_node
from forgesim.sandbox.javascript.packages import folders_above, problems
from forgesim.sandbox.javascript.probes import Bundle, probed
from forgesim.sandbox.program import Program

__all__ = ["build_javascript_image"]

MEGABYTE = 1024 * 1024
BESIDE_HEAP_MB = 512 + 512
"""What Node may allocate beside the heap of the app. V8 asks for half a gigabyte of machine code at once and touches
little of it; so does each of an app's threads, and where it gets none, the whole process dies without a word of what
the thread was to do."""
PLAIN = (".js", ".cjs", ".mjs")
"""Files that Node runs without a bundler."""

_bundled: dict[tuple[str, str, str], tuple[str, Any]] = {}
"""(app digest, bundler, file) → bundle and source map: a proof asks for its image twice."""


def build_javascript_image(app: App, *, coverage: bool) -> Image:
    """With ``coverage`` the app's own code has probes, as far as it is bundled.

    Raises InputError where Node, a package or a handler file is missing, or cannot be bundled."""
    root = app.path.resolve()
    files = {
        module: _file(root, module) for module in sorted({_module(f.handler) for f in app.manifest.functions.values()})
    }
    if wrong := list(problems(root)):
        raise InputError(*wrong)
    node = find_node()
    bundler = find_bundler(root)
    modules: dict[str, dict[str, Any]] = {}
    bundles: list[Bundle] = []
    units: dict[str, int] = {}
    unbundled = [file for file in files.values() if not file.endswith(PLAIN)]
    if bundler is None and unbundled:
        hint = "npm install esbuild in the app, put one on the PATH, or name it in FORGESIM_ESBUILD"
        raise InputError(
            *(Problem(what="needs esbuild, and there is none", file=file, hint=hint) for file in unbundled)
        )
    for module, file in files.items():
        modules[module] = {"path": file}
        if bundler is not None:
            # A name that the app's code cannot spell: it is made from all of that code.
            marker = f"hits_{hashlib.sha256(f'{app.digest} {file}'.encode()).hexdigest()}"
            code, mapped = _bundle(app, bundler, root, file)
            found = probed(node, code, mapped, marker=marker, probes=coverage, entry=entry_of(file), file=file)
            bundles.append(found)
            # Files that several bundles have are the same code: it ran where it ran in one of them.
            numbers = [units.setdefault(unit, len(units)) for unit in found.units]
            modules[module] |= {"code": found.code, "lines": found.lines, "marker": marker, "units": numbers}
    functions = {
        key: {"module": _module(function.handler), "name": function.handler.rpartition(".")[2]}
        for key, function in app.manifest.functions.items()
    }
    variables = {name: variable.value for name, variable in app.trust.variables.items()}
    locales, providers = locale_files(root, app.manifest.data), bool(app.manifest.data.get("providers"))
    payload = _payload(root, modules, functions, variables, locales, providers=providers)
    memory = app.manifest.memory_mb
    return Image(
        name=app.name,
        root=root,
        modules={},
        functions={key: function.handler for key, function in app.manifest.functions.items()},
        units=tuple(units),
        excluded=tuple(sorted({name for found in bundles for name in found.excluded})),
        dynamic=tuple(sorted({line for found in bundles for line in found.dynamic})),
        dependencies=False,
        digest=hashlib.sha256(app.digest.encode() + payload).hexdigest(),
        variables=variables,
        memory_bytes=(memory + BESIDE_HEAP_MB) * MEGABYTE,
        trees={file: tree for found in reversed(bundles) for file, tree in found.trees.items()},
        program=_program(node, payload, memory, [] if bundler is not None else folders_above(root)),
    )


def _payload(
    root: Path, modules: Any, functions: Any, variables: Any, locales: dict[str, str], *, providers: bool
) -> bytes:
    """What ``guest.cjs`` reads before it loads anything."""
    given = {
        "root": str(root),
        "epoch": EPOCH_MS,
        "modules": modules,
        "functions": functions,
        "variables": variables,
        "providers": providers,
        "locales": {"folder": str(root / LOCALES), "files": locales},
    }
    return json.dumps(given, ensure_ascii=False).encode("utf-8", "surrogatepass")


def _program(node: Node, payload: bytes, memory_mb: int, packages: list[Path]) -> Program:
    arguments = (
        node.path,
        f"--max-old-space-size={memory_mb}",
        "--v8-pool-size=1",
        "--no-warnings",
        str(ENTRY),
    )
    return Program(
        arguments=arguments,
        environment=tuple(ENVIRONMENT.items()),
        execute=(node.path, *node.loader),
        read=(str(FOLDER), *node.libraries, *(os.path.realpath(folder) for folder in packages)),
        payload=payload,
    )


def _module(handler: str) -> str:
    return handler.rpartition(".")[0]


def _file(root: Path, module: str) -> str:
    file = javascript_file(root, module)
    if file is None:  # it was there when the app was loaded
        raise InputError(Problem(what=f"there is no src/{module}.js any more", file=str(root)))
    return file


def _bundle(app: App, bundler: Path, root: Path, file: str) -> tuple[str, Any]:
    key = (app.digest, str(bundler), f"{root}/{file}")
    if key not in _bundled:
        _bundled[key] = bundle(bundler, root, file)
    return _bundled[key]
