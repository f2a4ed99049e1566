"""A guest that is a program of its own, such as Node: a worker confines itself and then becomes it.

The walls stand before the program is executed and stay: neither Landlock nor seccomp nor limits end with ``execve``.
The host lets that one ``execve`` pass, of a process with one thread that has run no app code yet; every later one is
refused.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import NamedTuple, NoReturn

__all__ = ["IMAGE", "LOAD", "Executed", "Program", "become"]

IMAGE = 5
"""The descriptor at which a program finds what it is to run, read-only."""
LOAD = b"\x02"
"""The host's single byte outside any frame: load the app now. Until then a program has run nothing of the app's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """``arguments``: the program and what it is given, behind which comes ``explain`` where it is to tell what the app
    tries against its walls; ``execute``: it and its loader; ``read``: files and folders that
    it may read beside the app's. ``payload``: what it is to run.
    """

    arguments: tuple[str, ...]
    environment: tuple[tuple[str, str], ...]
    execute: tuple[str, ...]
    read: tuple[str, ...]
    payload: bytes = field(repr=False)


class Executed(NamedTuple):
    """What a worker needs to become a program; ``image`` is the descriptor of its payload."""

    arguments: tuple[str, ...]
    environment: dict[str, str]
    image: int


def become(_seam: int, program: Executed, **_: object) -> NoReturn:
    """Execute the program in this process. Raises OSError where that fails."""
    os.execve(program.arguments[0], program.arguments, program.environment)  # noqa: S606 -- behind the walls
