"""``forgesim lint`` and ``forgesim doctor``."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

from forgesim.lint.check import inspect
from forgesim.manifest.load import find_app
from forgesim.report.lint import lint_lines, lint_object
from forgesim.sandbox.doctor import report

__all__ = ["doctor", "lint"]


def lint(name: str, *, against: Path | None, csp: bool, as_json: bool) -> int:
    """Every finding about the app; 1 where one is an error. Raises InputError for a missing app, and for an older
    manifest that cannot be loaded."""
    found = inspect(find_app(name, Path()), against=against)
    if as_json:
        sys.stdout.write(json.dumps(lint_object(found), ensure_ascii=False) + "\n")
    else:
        sys.stdout.writelines(f"{line}\n" for line in lint_lines(found, csp=csp))
    return 1 if found.errors else 0


def doctor(*, as_json: bool) -> int:
    """What this machine can enforce; 4 where it cannot confine."""
    found = report()
    if as_json:
        sys.stdout.write(json.dumps(asdict(found), ensure_ascii=False) + "\n")
        return 0 if found.can_confine else 4
    sys.stdout.write(f"sandbox tier: {found.tier}\n")
    for wall in found.walls:
        state = "ok" if wall.ok else "NO"
        sys.stdout.write(f"  {state}  {wall.name}: {wall.what}{'' if wall.ok else f' ({wall.why})'}\n")
    sys.stdout.write(f"{found.kernel} {found.machine}, {found.python}, Landlock ABI {found.landlock_abi}\n")
    if not found.can_confine:
        sys.stdout.write("app code cannot be confined here: run in a Linux VM or container, see SECURITY.md\n")
        return 4
    return 0
