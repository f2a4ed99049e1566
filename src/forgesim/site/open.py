"""What the word SITE may be: ``demo``, ``proof``, a site file, a folder of Markdown, or an export."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from forgesim.errors import InputError
from forgesim.site.generate import demo, proof
from forgesim.site.history import Changes
from forgesim.site.model import Site

__all__ = ["FORMS", "GENERATED", "asks_for_confluence", "asks_for_jira", "open_site"]

GENERATED = {"demo": demo, "proof": proof}
FORMS = "a site is demo, proof, a YAML file, a folder of Markdown, or an export of Confluence or Jira"


def asks_for_jira(scopes: Iterable[str]) -> bool:
    """Whether an app with these scopes can see anything of Jira. For one that cannot, a site without it does."""
    return any("jira" in scope for scope in scopes)


def asks_for_confluence(scopes: Iterable[str], modules: Iterable[str]) -> bool:
    """Whether an app with these scopes and types of modules can see anything of Confluence; one that asks for nothing
    of Jira either is taken for one that can."""
    scopes = tuple(scopes)
    shown = any(module == "macro" or module.startswith("confluence:") for module in modules)
    return shown or any("confluence" in scope for scope in scopes) or not asks_for_jira(scopes)


def open_site(
    spec: str,
    *,
    seed: int,
    base: Path,
    keep_authors: bool = False,
    history: Mapping[str, Changes] | None = None,
    jira: bool = True,
) -> Site:
    """The site that ``spec`` names; a path is relative to ``base``. A folder called demo is ``./demo``.

    What a path leads to is told by what is in it. ``keep_authors`` is for what is imported, ``history`` for folders of
    Markdown (``markdown.import_folder``); ``jira`` is for generated sites, see ``generate.demo``. Raises InputError.
    """
    if spec in GENERATED:
        return GENERATED[spec](seed, jira=jira)
    path = base / Path(spec).expanduser()
    try:
        found = path.exists()
    except (OSError, ValueError) as error:
        raise InputError(f"site {spec!r}: cannot be looked at ({error})") from None
    if not found:
        raise InputError(f"site {spec!r}: {path} does not exist ({FORMS})")
    from forgesim.site.importing.recognise import recognise

    kind = recognise(path)
    if kind is None:
        raise InputError(f"site {spec!r}: {path} is a file of another kind ({FORMS})")
    name = path.resolve().stem if path.is_file() else path.resolve().name
    read = _READERS[kind]
    return read(path, _Asked(name or "site", seed, keep_authors, history))


class _Asked(NamedTuple):
    name: str
    seed: int
    keep_authors: bool
    history: Mapping[str, Changes] | None


def _read_markdown(path: Path, asked: _Asked) -> Site:
    from forgesim.site.markdown import import_folder

    return import_folder(path, name=asked.name, keep_authors=asked.keep_authors, seed=asked.seed, history=asked.history)


def _read_site_file(path: Path, asked: _Asked) -> Site:  # noqa: ARG001 - what it says is not asked for again
    from forgesim.site.file.load import load_site, read_bounded

    return load_site(read_bounded(path), file=str(path), folder=path.parent)


def _read_confluence(path: Path, asked: _Asked) -> Site:
    from forgesim.site.importing.confluence import import_confluence

    return import_confluence(path, name=asked.name, keep_authors=asked.keep_authors, seed=asked.seed)


def _read_jira(path: Path, asked: _Asked) -> Site:
    from forgesim.site.importing.jira import import_jira

    return import_jira(path, name=asked.name, keep_authors=asked.keep_authors, seed=asked.seed)


_READERS: Mapping[str, Callable[[Path, _Asked], Site]] = {
    "markdown": _read_markdown,
    "site": _read_site_file,
    "confluence": _read_confluence,
    "jira": _read_jira,
}
"""What ``recognise`` answers → what reads it."""
