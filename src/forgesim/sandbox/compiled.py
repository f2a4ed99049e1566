"""An app's image: all that its workers get."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from forgesim.sandbox.patterns import Pattern
from forgesim.sandbox.program import Program

__all__ = ["Image"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """``modules``: dotted name → (path under ``root``, is a package, marshalled ``(marker, code)``).

    ``functions``: manifest key → handler. ``units``: coverage units by number, none without coverage. ``excluded``:
    top-level modules of dependencies, which have no units. ``dynamic``: lines that name ``exec``, ``eval`` or
    ``compile``. ``patterns``: regular expressions that its source writes out. ``dependencies``: whether there is a
    requirements.txt. ``digest`` tells images of one root apart. ``variables``: what the app finds in its environment.
    ``memory_bytes``: what its workers may allocate, null for what the sandbox's program gives. ``program``: what
    workers become where the app is JavaScript, and ``trees`` its source: file → statements, as its parser has them.
    """

    name: str
    root: Path
    modules: Mapping[str, tuple[str, bool, bytes]] = field(repr=False)
    functions: Mapping[str, str]
    units: tuple[str, ...] = field(repr=False)
    excluded: tuple[str, ...]
    dynamic: tuple[str, ...]
    dependencies: bool
    digest: str
    variables: Mapping[str, str] = field(default_factory=dict, repr=False)
    patterns: tuple[Pattern, ...] = field(default=(), repr=False)
    memory_bytes: int | None = None
    program: Program | None = field(default=None, repr=False)
    trees: Mapping[str, Any] = field(default_factory=dict, repr=False)
