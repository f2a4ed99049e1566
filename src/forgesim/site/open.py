"""What the word SITE may be: ``demo``, ``proof``, or a folder of Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from forgesim.errors import InputError
from forgesim.site.generate import demo, proof
from forgesim.site.history import Changes
from forgesim.site.model import Site

__all__ = ["GENERATED", "asks_for_confluence", "asks_for_jira", "open_site"]

GENERATED = {"demo": demo, "proof": proof}
_FORMS = "a site is demo, proof, or a folder of Markdown files"


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

    ``keep_authors`` and ``history`` are for folders, see ``markdown.import_folder``; ``jira`` is for generated sites,
    see ``generate.demo``. Raises InputError.
    """
    if spec in GENERATED:
        return GENERATED[spec](seed, jira=jira)
    path = base / Path(spec).expanduser()
    if path.is_dir():
        from forgesim.site.markdown import import_folder

        name = path.resolve().name or "site"
        return import_folder(path, name=name, keep_authors=keep_authors, seed=seed, history=history)
    if not path.exists():
        raise InputError(f"site {spec!r}: {path} does not exist ({_FORMS})")
    if path.suffix.lower() in (".yml", ".yaml", ".json", ".zip", ".xml"):
        raise InputError(f"site {spec!r}: this version of forgesim does not read such files ({_FORMS})")
    raise InputError(f"site {spec!r}: {path} is a file ({_FORMS})")
