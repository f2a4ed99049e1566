"""``forgesim site show`` and ``forgesim site import``."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from forgesim.report.text import site_report
from forgesim.site.describe import describe
from forgesim.site.model import Site
from forgesim.site.open import open_site

__all__ = ["import_site", "show"]


def show(spec: str, *, seed: int, as_json: bool) -> int:
    """Print a site's spaces, pages and people."""
    return _print(open_site(spec, seed=seed, base=Path.cwd()), as_json=as_json)


def import_site(path: str, *, keep_authors: bool, as_json: bool) -> int:
    """Import a folder of Markdown and print what became of it."""
    return _print(open_site(path, seed=0, base=Path.cwd(), keep_authors=keep_authors), as_json=as_json)


def _print(site: Site, *, as_json: bool) -> int:
    found = describe(site)
    if as_json:
        sys.stdout.write(json.dumps(found, ensure_ascii=False) + "\n")
    else:
        site_report(found)
    return 0
