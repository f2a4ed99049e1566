"""Bundles a handler file with esbuild, behind walls: the app's own bundler is the app's code, and no more trusted.

Nothing is written: the bundle comes out of the bundler's standard output. forgesim never downloads a bundler.
"""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from forgesim.errors import InputError, Problem
from forgesim.sandbox.javascript.node import is_native
from forgesim.sandbox.javascript.packages import folders_above, installed, readable
from forgesim.sandbox.javascript.walled import run_walled

__all__ = ["bundle", "entry_of", "find_bundler"]

MOST_BYTES = 64 * 1024 * 1024
TARGET = "node22"
RESOLVER = "@forge/resolver"
CONFIGURES = ("package.json", "tsconfig.json")

_FOLDERS = {"x86_64": "linux-x64", "aarch64": "linux-arm64"}
_MAPPED = "//# sourceMappingURL=data:application/json;base64,"
_ERROR = re.compile(r"^\S+ \[ERROR\] (.*)$", re.MULTILINE)
_PLACE = re.compile(r"^\s+(\S+?):(\d+):(\d+):$", re.MULTILINE)
_FLAGS = (
    "--bundle", "--platform=node", "--format=cjs", f"--target={TARGET}", "--loader:.js=jsx", "--log-level=error",
    "--color=false", "--log-limit=5", "--charset=utf8", "--sourcemap=inline", "--sources-content=false",
    "--legal-comments=none",
)  # fmt: skip


def find_bundler(root: Path) -> Path | None:
    """The esbuild of ``FORGESIM_ESBUILD``, else the app's own, else that of the PATH; null where there is none."""
    return next((path for path in _candidates(root) if is_native(path)), None)


def _candidates(root: Path) -> Iterator[Path]:
    if named := os.environ.get("FORGESIM_ESBUILD"):
        yield Path(named)
        return
    inside = Path(_FOLDERS.get(os.uname().machine, "")) / "bin" / "esbuild"
    for folder in folders_above(root):
        yield folder / "@esbuild" / inside
    if found := shutil.which("esbuild"):
        yield Path(found)
        # The package's command is a script beside the folder that holds the program itself.
        yield Path(os.path.realpath(found)).parents[2] / "@esbuild" / inside


def bundle(bundler: Path, root: Path, file: str) -> tuple[str, Any]:
    """The code of one handler file and all that it imports, as a CommonJS module, and its source map.

    Raises InputError with what the bundler finds wrong.
    """
    needed = readable(root)
    above = sorted({os.path.dirname(folder) for folder in needed})  # noqa: PTH120 -- as realpath gave it
    done = run_walled(
        [str(bundler), *_FLAGS, f"--sourcefile={entry_of(file)}"],
        folder=str(root),
        # Packages find each other through the folders above them: their names, and what configures a bundler there.
        read=[str(root), *needed, *(f"{folder}/{name}" for folder in above for name in CONFIGURES)],
        list_only=above,
        given=_entry(root, file).encode(),
        what="the bundler",
    )
    if done.returncode != 0 or len(done.stdout) > MOST_BYTES:
        raise InputError(*_problems(done.stderr.decode("utf-8", "replace"), file, done.returncode))
    code, _, mapped = done.stdout.decode("utf-8", "replace").rpartition(_MAPPED)
    return code, json.loads(base64.b64decode(mapped))


def entry_of(file: str) -> str:
    """What the bundle calls the host's own lines, by which it loads a handler file. No file of the app has a path that
    ends so."""
    return f"{file}/.forgesim.js"


def _entry(root: Path, file: str) -> str:
    """Loads the handler file, after the app's own Resolver class was shown to the guest."""
    show = f"globalThis.__forgesim_resolver__?.(require({json.dumps(RESOLVER)}));\n"
    return f"{show if installed(root, RESOLVER) else ''}module.exports = require({json.dumps(f'./{file}')});\n"


def _problems(said: str, file: str, status: int) -> Sequence[Problem]:
    places = list(_PLACE.finditer(said))
    found = []
    for number, match in enumerate(_ERROR.finditer(said)):
        place = places[number] if number < len(places) else None
        where = (place[1], int(place[2]), int(place[3])) if place else (file, None, None)
        found.append(Problem(what=f"cannot be bundled: {match[1]}", file=where[0], line=where[1], column=where[2]))
    return found or [Problem(what=f"cannot be bundled: esbuild ended with status {status}", file=file)]
