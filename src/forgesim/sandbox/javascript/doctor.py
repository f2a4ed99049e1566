"""What this machine has for JavaScript apps: Node, whether it starts behind walls, and a bundler."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from forgesim.errors import InputError
from forgesim.nodeguest import FOLDER
from forgesim.sandbox.javascript.bundle import find_bundler
from forgesim.sandbox.javascript.node import ENVIRONMENT, Node, find_node
from forgesim.sandbox.javascript.walled import run_walled
from forgesim.sandbox.tiers import Tier

__all__ = ["NodeReport", "node_report"]

WITNESSED = ("full+ns", "full")
"""Tiers in which the host can let one ``execve`` pass and refuse the next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeReport:
    """``path`` and ``version`` are null where there is no Node that is new enough; ``why`` says what keeps JavaScript
    apps from running confined, null where nothing does. ``esbuild``: the one that apps without their own get."""

    path: str | None
    version: str | None
    confined: bool
    why: str | None
    esbuild: str | None


def node_report(tier: Tier, folder: Path) -> NodeReport:
    """Look for Node, and start it once behind walls; ``folder`` is where a bundler is looked for beside the PATH."""
    bundler = find_bundler(folder)
    esbuild = None if bundler is None else str(bundler)
    try:
        node = find_node()
    except InputError as error:
        return NodeReport(path=None, version=None, confined=False, why=_words(error), esbuild=esbuild)
    why = _why_not(node, tier)
    return NodeReport(path=node.path, version=node.version, confined=why is None, why=why, esbuild=esbuild)


def _why_not(node: Node, tier: Tier) -> str | None:
    if tier not in WITNESSED:
        return "without a kernel witness, Node cannot be executed just once"
    try:
        done = run_walled(
            [node.path, "--no-warnings", "-p", "6 * 7"],
            folder=str(FOLDER),
            read=[str(FOLDER), *node.libraries, os.devnull],
            loader=node.loader,
            environment=ENVIRONMENT,
            given=b"",
            what="Node",
        )
    except InputError as error:
        return _words(error)
    return None if done.stdout == b"42\n" else f"it does not start behind walls: status {done.returncode}"


def _words(error: InputError) -> str:
    problem = error.problems[0]
    return f"{problem.what} ({problem.hint})" if problem.hint else problem.what
