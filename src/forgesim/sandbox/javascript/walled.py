"""Runs a program once, behind walls, with standard input and output and nothing else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence

from forgesim.errors import InputError, Problem
from forgesim.sandbox.once import COMMAND, NO_WALLS
from forgesim.sandbox.places import import_path

__all__ = ["run_walled"]

PATIENCE_S = 120.0


def run_walled(
    arguments: Sequence[str],
    *,
    folder: str,
    read: Sequence[str],
    list_only: Sequence[str] = (),
    loader: Sequence[str] = (),
    environment: Mapping[str, str] | None = None,
    given: bytes,
    what: str,
) -> subprocess.CompletedProcess[bytes]:
    """What became of the program; ``loader`` is what the kernel executes to load it, where that is no part of it;
    ``given`` is its standard input, and ``what`` names it in messages.

    Raises InputError where it cannot be confined, or is not done in time.
    """
    told = {
        "arguments": list(arguments),
        "folder": folder,
        "read": list(read),
        "list_only": list(list_only),
        "loader": list(loader),
        "environment": dict(environment or {}),
        "parent": os.getpid(),
    }
    command = [sys.executable, "-s", "-P", "-S", "-B", "-c", COMMAND, json.dumps(told), *import_path()]
    try:
        done = subprocess.run(
            command, input=given, env={}, cwd="/", capture_output=True, timeout=PATIENCE_S, check=False
        )
    except subprocess.TimeoutExpired:
        hint = f"try {arguments[0]} by hand"
        raise InputError(Problem(what=f"{what} was not done within {PATIENCE_S:g} s", hint=hint)) from None
    if done.returncode == NO_WALLS:
        hint = "forgesim doctor says what this machine lacks; without walls it is not run"
        raise InputError(Problem(what=f"{what} cannot be confined: {done.stderr.decode().strip()}", hint=hint))
    return done
