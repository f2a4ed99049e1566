"""``forgesim lint``: everything that can be said of an app without running it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from forgesim.errors import Problem
from forgesim.lint import egress, trust
from forgesim.manifest.load import check_app
from forgesim.manifest.model import App

__all__ = ["CHECKS", "lint", "lint_folder"]

CHECKS: Final[tuple[Callable[[App], Iterator[Problem]], ...]] = (
    egress.too_wide,
    egress.not_a_name,
    egress.analytics_host,
    egress.analytics_unsaid,
    egress.not_in_manifest,
    egress.not_in_trust,
    trust.nothing_to_run,
    trust.send_without_receiver,
    trust.receiver_without_send,
    trust.unknown_entity,
    trust.failing_stranger,
    trust.event_without_scope,
    trust.missing_resource,
)


def lint(app: App, *, known_scopes: frozenset[str] | None = None) -> list[Problem]:
    """Every finding, in the order of the files: warnings of loading first, then of ``CHECKS``."""
    return lint_folder(app.path, known_scopes=known_scopes)


def lint_folder(path: Path, *, known_scopes: frozenset[str] | None = None) -> list[Problem]:
    """The same for a folder. Where its files cannot be loaded, the findings are why.

    ``known_scopes``: names beside which a scope is unknown; ``None`` takes those of the scope tables.
    """
    if known_scopes is None:
        from forgesim.scopes.table import known_scopes as names_of_tables

        known_scopes = names_of_tables()
    app, problems = check_app(path, known_scopes=known_scopes)
    found = problems if app is None else [*problems, *(p for check in CHECKS for p in check(app))]
    return sorted(found, key=lambda problem: (problem.file or "", problem.line or 0, problem.column or 0))
