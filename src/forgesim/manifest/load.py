"""Finds an app and loads its two files, with every problem of both at once.

``trust.yml`` and ``manifest.yml`` are each checked by themselves; whether they agree is for ``lint`` and
the claims, but a scenario may only name schedules and web triggers that exist.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from forgesim.errors import InputError, Problem
from forgesim.manifest import app_files
from forgesim.manifest.manifest_file import read_manifest
from forgesim.manifest.manifest_modules import Modules
from forgesim.manifest.model import App, Manifest, Step, Trust
from forgesim.manifest.reading import Reader, one_of
from forgesim.manifest.tree import Node, parse_yaml, tree_of
from forgesim.manifest.trust_file import read_trust

__all__ = [
    "TRUST",
    "check_app",
    "find_app",
    "load_app",
    "load_manifest",
    "load_trust",
    "load_undeclared",
    "manifest_from_data",
    "trust_from_text",
]

MANIFEST = "manifest.yml"
TRUST = "trust.yml"


def find_app(name: str, cwd: Path) -> Path:
    """The folder that APP means: a path from ``cwd``, else ``apps/APP``. Raises InputError with the apps
    there are."""
    for folder in (cwd / name, cwd / "apps" / name):
        if name and folder.is_dir():
            return folder
    apps = sorted(path.parent.name for path in (cwd / "apps").glob(f"*/{MANIFEST}"))
    hint = one_of(name, apps) or f"give the folder that holds {MANIFEST}"
    raise InputError(Problem(what=f"there is no app {name!r}", hint=hint))


def load_app(path: Path, *, known_scopes: frozenset[str] | None = None, anyway: bool = False) -> App:
    """The app in a folder. Raises InputError with every error of its files; warnings are ``check_app``'s."""
    app, problems = check_app(path, known_scopes=known_scopes, anyway=anyway)
    if app is None:
        raise InputError(*(problem for problem in problems if not problem.warning))
    return app


def check_app(
    path: Path, *, known_scopes: frozenset[str] | None = None, anyway: bool = False
) -> tuple[App | None, list[Problem]]:
    """The app, or ``None`` where there are errors; and every problem, warnings too, in the order of the
    files.

    ``anyway``: a manifest that Forge refuses today is used as far as it can be read, as that of an app which was
    deployed before. What it is refused for becomes warnings, and ``Manifest.undeployable``; that a file is missing or
    is no YAML stays an error.
    """
    if not path.is_dir():
        hint = "give the folder that holds manifest.yml"
        return None, [Problem(what="there is no such app folder", file=str(path), hint=hint)]
    in_manifest, in_trust = Reader(str(path / MANIFEST)), Reader(str(path / TRUST))
    around = Reader(None)
    found = _read_manifest_file(path / MANIFEST, in_manifest, known_scopes, anyway=anyway)
    trust = _read_trust_file(path / TRUST, in_trust)
    sources, digest = _files(path, around) if found else ({}, "")
    if found:
        app_files.check_handlers(path, found[1].handlers, sources, in_manifest)
        if trust:
            _check_steps(found[0], trust, in_trust)
    readers = (in_manifest, in_trust, around)
    problems = [problem for reader in readers for problem in _in_order(reader.problems)]
    if not found or not trust or any(reader.errors() for reader in readers):
        return None, problems
    app = App(
        name=trust.app,
        path=path,
        manifest=found[0],
        trust=trust,
        sources=sources,
        digest=digest,
        version=trust.version or app_files.package_version(path) or "0",
        language=app_files.language(path, found[1].handlers, sources),
    )
    return app, problems


def load_undeclared(path: Path, *, known_scopes: frozenset[str] | None = None, anyway: bool = False) -> App:
    """The app in a folder with a trust that declares nothing; its ``trust.yml`` is not looked at; ``anyway`` as of
    ``check_app``. Raises InputError with every error of the manifest and the sources."""
    if not path.is_dir():
        hint = "give the folder that holds manifest.yml"
        raise InputError(Problem(what="there is no such app folder", file=str(path), hint=hint))
    reader, around = Reader(str(path / MANIFEST)), Reader(None)
    found = _read_manifest_file(path / MANIFEST, reader, known_scopes, anyway=anyway)
    sources, digest = _files(path, around) if found else ({}, "")
    if found:
        app_files.check_handlers(path, found[1].handlers, sources, reader)
    if found is None or reader.errors() or around.errors():
        raise InputError(*_in_order(reader.errors()), *around.errors())
    trust = read_trust(Reader(None), tree_of({"app": path.resolve().name}), b"", path / TRUST)
    version = app_files.package_version(path) or "0"
    return App(
        name=trust.app,
        path=path,
        manifest=found[0],
        trust=trust,
        sources=sources,
        digest=digest,
        version=version,
        language=app_files.language(path, found[1].handlers, sources),
    )


def load_manifest(path: Path, *, known_scopes: frozenset[str] | None = None, anyway: bool = False) -> Manifest:
    """A manifest.yml that was deployed, or that of a folder; handler files are not looked at; ``anyway`` as of
    ``check_app``. Raises InputError with every error."""
    file = path / MANIFEST if path.is_dir() else path
    reader = Reader(str(file))
    found = _read_manifest_file(file, reader, known_scopes, deployed=True, anyway=anyway)
    if found is None or reader.errors():
        raise InputError(*_in_order(reader.errors()))
    return found[0]


def load_trust(path: Path) -> Trust:
    """A trust.yml, or that of a folder. Raises InputError with every error."""
    file = path / TRUST if path.is_dir() else path
    reader = Reader(str(file))
    trust = _read_trust_file(file, reader)
    if trust is None or reader.errors():
        raise InputError(*_in_order(reader.errors()))
    return trust


def trust_from_text(text: str, path: Path) -> Trust:
    """A trust.yml that is not written yet, as if it stood at ``path``. Raises InputError with every error."""
    reader, raw = Reader(str(path)), text.encode()
    root, problems = parse_yaml(raw, str(path))
    reader.problems += problems
    trust = read_trust(reader, root, raw, path)
    if reader.errors():
        raise InputError(*_in_order(reader.errors()))
    return trust


def manifest_from_data(data: Mapping[str, Any], *, anyway: bool = False) -> Manifest:
    """A manifest out of JSON values, as a ledger's header carries it; ``anyway`` as of ``check_app``. Raises InputError
    where it is none."""
    reader = Reader(None)
    manifest, _ = _read_tree(reader, tree_of(data), None, deployed=True, anyway=anyway)
    if reader.errors():
        raise InputError(*reader.errors())
    return manifest


def _files(path: Path, around: Reader) -> tuple[dict[str, str], str]:
    """An app's sources and its digest. Not asked of a folder without a manifest: it may be a home, or the root."""
    return app_files.read_sources(path, around), app_files.digest_files(path, around)


def _read(file: Path, reader: Reader, hint: str) -> tuple[Node, bytes] | None:
    """The file's tree and bytes; where there is none, the reader has been told why."""
    try:
        raw = file.read_bytes()
    except OSError as error:
        what = "there is no such file" if isinstance(error, FileNotFoundError) else str(error.strerror)
        reader.tell(Node(None), what, hint)
        return None
    try:
        root, problems = parse_yaml(raw, str(file))
    except InputError as error:
        reader.problems += error.problems
        return None
    reader.problems += problems
    return root, raw


def _read_manifest_file(
    file: Path, reader: Reader, known_scopes: frozenset[str] | None, *, deployed: bool = False, anyway: bool = False
) -> tuple[Manifest, Modules] | None:
    found = _read(file, reader, "an app folder has a manifest.yml at its top")
    return _read_tree(reader, found[0], known_scopes, deployed=deployed, anyway=anyway) if found else None


def _read_tree(
    reader: Reader, root: Node, known_scopes: frozenset[str] | None, *, deployed: bool, anyway: bool
) -> tuple[Manifest, Modules]:
    if not anyway or not isinstance(root.value, dict):
        return read_manifest(reader, root, known_scopes, deployed=deployed)
    inner = Reader(reader.file)
    manifest, modules = read_manifest(inner, root, known_scopes, deployed=deployed)
    why = tuple(dict.fromkeys(problem.what for problem in inner.errors()))
    reader.problems += [replace(problem, warning=True) for problem in inner.problems]
    return replace(manifest, undeployable=why), modules


def _read_trust_file(file: Path, reader: Reader) -> Trust | None:
    found = _read(file, reader, f"forgesim init {file.parent} drafts one: what it does not declare is not allowed")
    return read_trust(reader, *found, file) if found else None


def _in_order(problems: list[Problem]) -> list[Problem]:
    return sorted(problems, key=lambda problem: (problem.line or 0, problem.column or 0))


def _check_steps(manifest: Manifest, trust: Trust, reader: Reader) -> None:
    keys = {
        "schedule": [module.key for module in manifest.modules if module.type == "scheduledTrigger"],
        "webtrigger": [module.key for module in manifest.modules if module.type == "webtrigger"],
    }

    def check(step: Step) -> None:
        key = step.data.get(step.kind)
        if step.kind in keys and key not in keys[step.kind]:
            hint = one_of(str(key), keys[step.kind]) or f"manifest.yml declares no {step.kind}"
            reader.tell_at((step.line, None), f"there is no {step.kind} {key!r}", hint)
        for inner in step.steps:
            check(inner)

    for scenario in trust.scenarios:
        for step in scenario.steps:
            check(step)
