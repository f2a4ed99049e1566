"""The app's installed packages: where they lie, and whether their generation is one that can run."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from forgesim.errors import Problem

__all__ = ["MODULES", "folders_above", "installed", "problems", "readable"]

MODULES = "node_modules"
OLDEST = (2, 18, 5)
"""Before it, @forge/api needs globals of a runtime that ended; no manifest can name that one any more."""


def folders_above(root: Path) -> list[Path]:
    """The ``node_modules`` folders that Node looks into for an app: its own, then those of the folders above."""
    return [found for folder in (root, *root.parents) if (found := folder / MODULES).is_dir()]


def installed(root: Path, package: str) -> Path | None:
    """The folder of a package as the app's own code would find it."""
    return next((found for folder in folders_above(root) if (found := folder / package).is_dir()), None)


def readable(root: Path) -> list[str]:
    """Folders of packages, and where packages that are links really lie, with those that they find beside them."""
    found = folders_above(root)
    links = [each for folder in found for each in (*folder.iterdir(), *folder.glob("@*/*")) if each.is_symlink()]
    real = [link.resolve() for link in links]
    beside = [each for link in real for each in link.parents if each.name == MODULES]
    return sorted({os.path.realpath(folder) for folder in (*found, *real, *beside)})


def problems(root: Path) -> Iterator[Problem]:
    """What keeps the app from running: packages that are not installed, or too old."""
    asked = _read(root / "package.json").get("dependencies")
    names = sorted(asked) if isinstance(asked, dict) else []
    missing = [name for name in names if installed(root, name) is None]
    if missing:
        what = f"{MODULES} lacks {', '.join(missing[:5])}{' and others' if missing[5:] else ''}"
        yield Problem(what=what, file=str(root / "package.json"), hint=f"run npm install in {root}")
    found = installed(root, "@forge/api")
    version = str(_read(found / "package.json").get("version", "")) if found is not None else ""
    numbers = re.match(r"(\d+)\.(\d+)\.(\d+)", version)
    if numbers is not None and tuple(map(int, numbers.groups())) < OLDEST:
        what = f"@forge/api {version} is for a Forge runtime that ended; the oldest that can run is 2.18.5"
        yield Problem(what=what, file=str(root / "package.json"), hint="update it, as Forge itself asks")


def _read(file: Path) -> dict[str, Any]:
    try:
        data = json.loads(file.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}
