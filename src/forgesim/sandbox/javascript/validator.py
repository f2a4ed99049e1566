"""Asks Atlassian's own validator of manifests, where an app has it installed: ``@forge/manifest``, behind walls.

Its licence keeps it out of forgesim; nothing of it is part of forgesim, and none is ever downloaded.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from forgesim.errors import InputError, Problem
from forgesim.nodeguest import FOLDER, MANIFEST
from forgesim.sandbox.javascript.node import ENVIRONMENT, find_node
from forgesim.sandbox.javascript.packages import MODULES, installed, readable
from forgesim.sandbox.javascript.walled import run_walled

__all__ = ["PACKAGE", "Said", "Validated", "validated"]

PACKAGE = "@forge/manifest"


class Said(msgspec.Struct, frozen=True):
    """One thing that the validator says, in its words; ``level`` is error or warning, ``line`` where it names one."""

    message: str
    level: str
    line: int | None = None
    column: int | None = None


class Validated(msgspec.Struct, frozen=True):
    """All that a version of the validator says of a manifest; ``failed``: why it says nothing."""

    version: str = ""
    problems: tuple[Said, ...] = ()
    failed: str = ""


def validated(root: Path) -> Validated | None:
    """What the validator says of the app in a folder; ``None`` where neither it nor a folder above has one installed.

    It looks for handlers in JavaScript: beside each file of a Python app it is shown an empty one.
    Raises InputError where it cannot be asked.
    """
    root = root.resolve()
    package = installed(root, PACKAGE)
    if package is None:
        return None
    if not any((root / "src").rglob("*.py")):
        return _ask(package, root, str(root))
    with TemporaryDirectory() as copy:
        _lay_out(root, Path(copy))
        return _ask(package, root, os.path.realpath(copy))


def _ask(package: Path, root: Path, folder: str) -> Validated:
    node, needed = find_node(), readable(root)
    done = run_walled(
        [node.path, "--no-warnings", str(MANIFEST), os.path.realpath(package)],
        folder=folder,
        read=[str(root), folder, *needed, str(FOLDER), *node.libraries, os.devnull],
        list_only=sorted({os.path.dirname(each) for each in needed}),  # noqa: PTH120 -- as realpath gave it
        loader=node.loader,
        environment=ENVIRONMENT,
        given=b"",
        what=PACKAGE,
    )
    try:
        found = msgspec.json.decode(done.stdout.rpartition(b"\n")[2], type=Validated)
    except msgspec.DecodeError:
        found = Validated(failed=f"no answer, or one of another shape (status {done.returncode})")
    if found.failed:
        raise InputError(Problem(what=found.failed, file=str(package)))
    return found


def _lay_out(root: Path, copy: Path) -> None:
    """The app as links, but for a copy of ``src`` in which each Python file has an empty one beside it."""
    for each in root.iterdir():
        if each.name != "src":
            (copy / each.name).symlink_to(each)
    shutil.copytree(root / "src", copy / "src", symlinks=True, ignore=shutil.ignore_patterns(MODULES))
    for file in list((copy / "src").rglob("*.py")):
        file.with_suffix(".js").touch()
