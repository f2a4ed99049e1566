"""``forgesim lint`` and ``forgesim doctor``."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

from forgesim.errors import Problem
from forgesim.lint.checks import lint as lint_app
from forgesim.manifest.load import check_app, find_app
from forgesim.sandbox.doctor import report

__all__ = ["doctor", "lint"]


def lint(name: str, *, as_json: bool) -> int:
    """Every problem of the app's two files; 1 where one is an error. Raises InputError for an app that is not there."""
    path = find_app(name, Path.cwd())
    app, problems = check_app(path)
    if app is not None:
        problems = [*problems, *(found for found in lint_app(app) if found not in problems)]
    if as_json:
        sys.stdout.write(json.dumps([asdict(problem) for problem in problems], ensure_ascii=False) + "\n")
    else:
        for problem in problems:
            sys.stdout.write(f"{'warning' if problem.warning else 'error'}: {problem}\n")
        sys.stdout.write(_summary(problems))
    return 1 if any(not problem.warning for problem in problems) else 0


def _summary(problems: list[Problem]) -> str:
    warnings = sum(problem.warning for problem in problems)
    return f"{len(problems) - warnings} errors, {warnings} warnings\n"


def doctor(*, as_json: bool) -> int:
    """What this machine can enforce; 4 where it cannot confine."""
    found = report()
    if as_json:
        sys.stdout.write(json.dumps(asdict(found), ensure_ascii=False) + "\n")
    else:
        sys.stdout.write(f"sandbox: {found.tier}\n")
        for wall in found.walls:
            sys.stdout.write(f"  {'ok ' if wall.ok else 'NO '} {wall.name}: {wall.why}\n")
        sys.stdout.write(f"kernel {found.kernel}, Python {found.python}\n")
    if found.tier == "none" and not as_json:
        sys.stdout.write("app code cannot be confined here: run inside a Linux VM or container, see SECURITY.md\n")
    return 4 if found.tier == "none" else 0
