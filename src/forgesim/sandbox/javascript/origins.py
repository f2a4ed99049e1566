"""Whose code a bundle is made of: what its source map names as files of the app, and what it does not.

The bundler believes the source maps that files bring along. A package's may name anything, and changes nothing: it is
not counted. In the app's own files one could name a package's in their place, and what never ran would be missed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote

from forgesim.errors import Problem

__all__ = ["foreign", "mapped_elsewhere"]

PACKAGES = "node_modules"
MAPS = b"sourceMappingURL"
_FILE = re.compile(r"^ *// (.+)$", re.MULTILINE)
"""How the bundler says which file the code below comes from."""


def foreign(root: Path, mapped: Mapping[str, Any]) -> list[str]:
    """Sources of the map that are no file of the app's own: of packages, or made up by the bundler or by a package."""
    return [source for source in mapped["sources"] if not _is_own(root, unquote(source))]


def mapped_elsewhere(root: Path, code: str) -> Iterator[Problem]:
    """Files of the app's own in the bundle that bring a source map along."""
    for name in dict.fromkeys(_FILE.findall(code)):
        if not _is_own(root, name):
            continue
        for number, line in enumerate((root / name).read_bytes().splitlines(), start=1):
            if MAPS in line:
                what = "brings a source map along, by which the app's code could pass for a package's"
                hint = f"prove the file that it was made from, or take {MAPS.decode()} out"
                yield Problem(what=what, file=name, line=number, hint=hint)
                break


def _is_own(root: Path, name: str) -> bool:
    if PACKAGES in PurePosixPath(name).parts:
        return False
    try:
        return (root / name).is_file()
    except (OSError, ValueError):  # no name of a file at all
        return False
