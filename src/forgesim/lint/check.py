"""``forgesim lint``: everything that can be said of an app without running it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from forgesim.lint import egress, loading, official, page_checks, parties, source_checks, trust
from forgesim.lint.csp import Csp
from forgesim.lint.eligibility import Eligibility, eligibility
from forgesim.lint.finding import Finding, Rule
from forgesim.lint.frontend import Page
from forgesim.lint.major import Major, major
from forgesim.lint.subject import Subject
from forgesim.manifest.load import check_app, load_manifest
from forgesim.manifest.model import App

__all__ = ["CHECKS", "RULES", "Inspection", "inspect", "lint", "lint_folder"]

RULES: Final[tuple[Rule, ...]] = (
    *loading.RULES, *official.RULES, *egress.RULES, *parties.RULES, *page_checks.RULES, *source_checks.RULES,
    *trust.RULES,
)  # fmt: skip
"""Every rule that a finding can name."""

CHECKS: Final[tuple[Callable[[Subject], Iterator[Finding]], ...]] = (
    egress.too_wide,
    egress.ip_address,
    egress.port,
    egress.fragment,
    egress.remote_address,
    egress.covered,
    parties.analytics_host,
    parties.analytics_unsaid,
    parties.analytics_unmarked,
    parties.content_denied,
    parties.not_pinned,
    parties.not_in_manifest,
    parties.not_in_trust,
    page_checks.content_values,
    page_checks.unsafe,
    page_checks.blocked,
    source_checks.not_python,
    source_checks.product_calls,
    source_checks.identities,
    source_checks.storage_scope,
    source_checks.unused_scopes,
    source_checks.fetches,
    source_checks.unused_egress,
    source_checks.not_literal,
    trust.nothing_to_run,
    trust.send_without_receiver,
    trust.receiver_without_send,
    trust.unknown_entity,
    trust.unknown_call,
    trust.failing_stranger,
    trust.event_without_scope,
    trust.event_never_raised,
    trust.missing_resource,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """What ``lint`` says of one app. ``eligibility`` is ``None`` and ``csp`` empty where its files cannot be loaded;
    ``major`` is ``None`` there too, and where nothing was given to compare with."""

    app: str
    findings: tuple[Finding, ...]
    eligibility: Eligibility | None
    csp: tuple[tuple[Page, Csp], ...]
    major: Major | None

    @property
    def errors(self) -> int:
        return sum(finding.severity == "error" for finding in self.findings)


def lint(app: App, *, known_scopes: frozenset[str] | None = None) -> list[Finding]:
    """Every finding, in the order of the files: manifest.yml, trust.yml, then the rest."""
    return lint_folder(app.path, known_scopes=known_scopes)


def lint_folder(path: Path, *, known_scopes: frozenset[str] | None = None) -> list[Finding]:
    """The same for a folder. Where its files cannot be loaded, the findings are why.

    ``known_scopes``: names beside which a scope is unknown; ``None`` takes those of the scope tables.
    """
    return list(inspect(path, known_scopes=known_scopes).findings)


def inspect(
    path: Path,
    *,
    known_scopes: frozenset[str] | None = None,
    against: Path | None = None,
    anyway: bool = False,
) -> Inspection:
    """Everything that lint says of the app in a folder. ``against``: an older manifest.yml, or the folder of one.
    ``anyway``: what Forge refuses the manifest for is a warning, and of the older one nothing.

    Raises InputError where the older manifest cannot be loaded.
    """
    if known_scopes is None:
        from forgesim.scopes.table import known_scopes as names_of_tables

        known_scopes = names_of_tables()
    old = load_manifest(against, anyway=anyway) if against is not None else None
    app, problems = check_app(path, known_scopes=known_scopes, anyway=anyway)
    found = [loading.finding_of(problem) for problem in problems]
    found += official.own_words(path, anyway=anyway)
    if app is None:
        return Inspection(
            app=path.resolve().name, findings=_in_order(path, found), eligibility=None, csp=(), major=None
        )
    subject = Subject.of(app)
    found += [finding for check in CHECKS for finding in check(subject)]
    return Inspection(
        app=app.name,
        findings=_in_order(path, found),
        eligibility=eligibility(subject),
        csp=tuple(page_checks.policies(subject)),
        major=major(old, subject, str(against)) if old is not None else None,
    )


def _in_order(path: Path, findings: list[Finding]) -> tuple[Finding, ...]:
    first = [str(path / "manifest.yml"), str(path / "trust.yml")]

    def place(finding: Finding) -> tuple[int, str, int, int]:
        file = finding.file or ""
        at = first.index(file) if file in first else len(first)
        return at, file, finding.line or 0, finding.column or 0

    return tuple(sorted(dict.fromkeys(findings), key=place))
