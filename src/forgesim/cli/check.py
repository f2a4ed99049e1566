"""``forgesim lint``."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from forgesim.lint.check import inspect
from forgesim.manifest.load import find_app
from forgesim.report.lint import lint_lines, lint_object

__all__ = ["lint"]


def lint(name: str, *, against: Path | None, csp: bool, anyway: bool, as_json: bool) -> int:
    """Every finding about the app; 1 where one is an error. Raises InputError for a missing app, and for an older
    manifest that cannot be loaded."""
    found = inspect(find_app(name, Path()), against=against, anyway=anyway)
    if as_json:
        sys.stdout.write(json.dumps(lint_object(found), ensure_ascii=False) + "\n")
    else:
        sys.stdout.writelines(f"{line}\n" for line in lint_lines(found, csp=csp))
    return 1 if found.errors else 0
