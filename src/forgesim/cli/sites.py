"""``forgesim site show``, ``import`` and ``generate``."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from forgesim.errors import InputError, Problem
from forgesim.report.files import check_writable, write_whole
from forgesim.report.text import site_report
from forgesim.site.describe import describe
from forgesim.site.model import Site
from forgesim.site.open import FORMS, GENERATED, open_site

__all__ = ["generate_site", "import_site", "open_named", "show"]


def open_named(spec: str, *, seed: int, base: Path, keep_authors: bool = False, jira: bool = True) -> Site:
    """The site that a command line names. A folder in a git repository takes its dates from there."""
    if not spec:
        raise InputError(f"a site has a name: {FORMS}")
    folder = base / spec
    changes = None
    if spec not in GENERATED and folder.is_dir():
        from forgesim.sandbox.git import ask_git
        from forgesim.site.history import GIT_LOG, read_git_log

        told = ask_git(GIT_LOG, folder)
        changes = read_git_log(told) if told else None
    return open_site(spec, seed=seed, base=base, keep_authors=keep_authors, history=changes, jira=jira)


def show(spec: str, *, seed: int, as_json: bool) -> int:
    """Print a site's spaces, pages and people."""
    return _print(open_named(spec, seed=seed, base=Path.cwd()), as_json=as_json)


def import_site(path: str, *, keep_authors: bool, seed: int, out: Path | None, as_json: bool) -> int:
    """Import a folder of Markdown or an export, print what became of it, and write it to ``out`` as a site file."""
    if out is not None:
        check_writable(out)
        if Path(path).resolve() == out.resolve():
            raise InputError(Problem(what="--out is what is to be read", file=str(out), hint="name another file"))
    spec = path if not path or Path(path).is_absolute() else f"./{path}"  # a folder, whatever its name
    site = open_named(spec, seed=seed, base=Path.cwd(), keep_authors=keep_authors)
    return _give(site, out, as_json=as_json)


def generate_site(*, pages: int, issues: int, seed: int, out: Path | None, as_json: bool) -> int:
    """Generate a site of a size, print what is on it, and write it to ``out`` as a site file."""
    from forgesim.site.scale import generate

    if out is not None:
        check_writable(out)
    return _give(generate(pages=pages, issues=issues, seed=seed), out, as_json=as_json)


def _give(site: Site, out: Path | None, *, as_json: bool) -> int:
    """Print the site; a file of it is its owner's alone where its content is real."""
    if out is not None:
        from forgesim.site.file.emit import file_text
        from forgesim.site.file.plain import plain_site

        text = file_text(plain_site(site), as_json=out.suffix.lower() == ".json")
        write_whole(out, text.encode(), private=not site.synthetic)
    return _print(site, as_json=as_json)


def _print(site: Site, *, as_json: bool) -> int:
    found = describe(site)
    if as_json:
        sys.stdout.write(json.dumps(found, ensure_ascii=False) + "\n")
    else:
        site_report(found)
    return 0
