"""What ``lint`` prints: the public JSON object, and the same for people."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from forgesim.counted import counted
from forgesim.lint.check import Inspection
from forgesim.lint.csp import Csp
from forgesim.lint.finding import Finding
from forgesim.report.shape import clean

__all__ = ["lint_lines", "lint_object"]

_MET = {False: "against", True: "for", None: "unknown"}


def lint_object(found: Inspection) -> dict[str, Any]:
    """What ``lint --json`` prints; ``eligibility`` is null where the app cannot be loaded, ``major`` where nothing was
    asked."""
    eligibility, major = found.eligibility, found.major
    return {
        "app": found.app,
        "findings": [_finding(each) for each in found.findings],
        "eligibility": None
        if eligibility is None
        else {"eligible": eligibility.eligible, "reasons": [asdict(reason) for reason in eligibility.reasons]},
        "csp": [
            {
                "resource": page.resource,
                "page": page.file,
                "header": csp.header,
                "directives": {name: list(sources) for name, sources in csp.directives.items()},
                "refused": [asdict(refused) for refused in csp.refused],
            }
            for page, csp in found.csp
        ],
        "major": None
        if major is None
        else {
            "against": major.against,
            "version": major.version,
            "changes": [asdict(change) for change in major.changes],
        },
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {name: getattr(finding, name) for name in ("rule", "severity", "what", "file", "line", "hint")}


def lint_lines(found: Inspection, *, csp: bool = False) -> Iterator[str]:
    """The findings, the verdict on eligibility with its reasons, the next version where it was asked for, and the
    policies with ``csp``. Text from the app cannot steer a terminal."""
    for finding in found.findings:
        yield clean(f"{finding.severity}: {finding} [{finding.rule}]")
    if found.eligibility is not None:
        yield f"Runs on Atlassian: {'eligible' if found.eligibility.eligible else 'not eligible'} by its manifest"
        for reason in sorted(found.eligibility.reasons, key=lambda each: (each.met is not False, each.met is None)):
            yield clean(f"  {_MET[reason.met]}: {reason.why}{_line(reason.line)}")
    if found.major is not None:
        yield clean(f"next version, against {found.major.against}: {found.major.version}")
        for change in found.major.changes:
            yield clean(f"  {change.what}{_line(change.line)} [{change.name}]")
    pages: dict[str, tuple[Csp, list[str]]] = {}
    for page, each in found.csp if csp else ():
        pages.setdefault(each.header, (each, []))[1].append(page.file)
    for policy, files in pages.values():
        yield clean(f"Content-Security-Policy of {', '.join(files)}:")
        for name, sources in policy.directives.items():
            yield clean(f"  {name} {' '.join(sources)}")
        for refused in policy.refused:
            yield clean(f"  refused, {refused.kind}: {refused.text!r}: {refused.why}")
    if pages:
        yield "Left out: Atlassian's own hosts for avatars, emoji, reactions and teams, in img-src."
    yield _counts(found)


def _line(line: int | None) -> str:
    return "" if line is None else f" (manifest.yml:{line})"


def _counts(found: Inspection) -> str:
    weights = [finding.severity for finding in found.findings]
    return ", ".join(
        counted(count, name)
        for name in ("error", "warning", "note")
        if (count := weights.count(name)) or name != "note"
    )
