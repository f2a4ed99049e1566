"""Checks of egress beside the parties of trust.yml: who is behind an address, and what may be told to them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from forgesim.lint.finding import Finding, Rule, Severity
from forgesim.lint.limits import ANALYTICS_HOSTS
from forgesim.lint.place import covers
from forgesim.lint.subject import Subject, maps, part
from forgesim.manifest.addresses import host_of
from forgesim.manifest.model import EgressEntry, Send, Subprocessor
from forgesim.manifest.types import has_content

__all__ = [
    "RULES",
    "analytics_host",
    "analytics_unmarked",
    "analytics_unsaid",
    "content_denied",
    "not_in_manifest",
    "not_in_trust",
    "not_pinned",
]

NOT_IN_MANIFEST: Final = Rule(
    name="subprocessor-unreachable",
    severity="error",
    why="The privacy page names a host that the app may not reach: stale there, or missing in the manifest.",
    do="declare it under permissions.external, or take it out here",
)
NOT_IN_TRUST: Final = Rule(
    name="subprocessor-undeclared",
    severity="error",
    why="An address behind which the privacy page names nobody; a warning for pictures, fonts, styles, frames.",
    do="add the party behind it to subprocessors, or take it out here",
)
ANALYTICS_HOST: Final = Rule(
    name="analytics-host",
    severity="warning",
    why="category: analytics is for the tools that Forge lists; a deployment with another host is refused.",
    do="leave out category: analytics, or a real deployment may refuse it",
)
ANALYTICS_UNSAID: Final = Rule(
    name="analytics-end-user-data",
    severity="warning",
    why="Without inScopeEUD: false analytics counts as carrying end-user data, and costs Runs on Atlassian.",
    do="add inScopeEUD: false where it carries none",
)
ANALYTICS_UNMARKED: Final = Rule(
    name="analytics-unmarked",
    severity="warning",
    why="Without category: analytics an administrator cannot switch the tool off, and the app loses Runs on "
    "Atlassian; a note where content is sent there.",
    do="add category: analytics, and inScopeEUD: false where it carries no end-user data",
)
CONTENT_DENIED: Final = Rule(
    name="end-user-data-denied",
    severity="error",
    why="trust.yml declares that content is sent to the host, and the manifest says that no end-user data leaves, that "
    "it is only analytics, or that the remote stores none, of which trust.yml says that it is kept.",
    do="write inScopeEUD: true without a category, or send no content; for a remote retention: None, if that is true",
)
NOT_PINNED: Final = Rule(
    name="residency-not-pinned",
    severity="note",
    why="Forge takes the app as one that stores end-user data remotely, so it is not shown as pinned to a region.",
    do="say inScopeEUD: false or operations without storage where that is true, else give the remote regions",
)
RULES: Final = (
    NOT_IN_MANIFEST, NOT_IN_TRUST, ANALYTICS_HOST, ANALYTICS_UNSAID, ANALYTICS_UNMARKED, CONTENT_DENIED, NOT_PINNED,
)  # fmt: skip

_RUNS_CODE_OR_SENDS: Final = frozenset({"fetch.backend", "fetch.client", "remote", "scripts"})
"""Kinds by which data leaves in a request that the app itself makes."""
_FETCHES: Final = frozenset({"fetch.backend", "fetch.client"})


def not_in_manifest(subject: Subject) -> Iterator[Finding]:
    declared = [host_of(entry.address) for entry in subject.app.manifest.addresses()]
    for party in subject.app.trust.subprocessors:
        for host in party.hosts:
            if not any(covers(pattern, host) for pattern in declared):
                yield subject.in_trust(
                    NOT_IN_MANIFEST, f"{party.name}'s host {host} is not in manifest.yml", party.line
                )


def not_in_trust(subject: Subject) -> Iterator[Finding]:
    hosts = [host for party in subject.app.trust.subprocessors for host in party.hosts]
    for entry in subject.app.manifest.addresses():
        host = host_of(entry.address)
        if entry.kind == "navigation" or any(covers(known, host) for known in hosts):
            continue
        severity: Severity = "error" if entry.kind in _RUNS_CODE_OR_SENDS else "warning"
        what = f"{entry.kind} may reach {host}, which no subprocessor of trust.yml has"
        yield subject.in_manifest(NOT_IN_TRUST, what, entry.line, severity=severity)


def analytics_host(subject: Subject) -> Iterator[Finding]:
    for entry in subject.app.manifest.egress:
        if _is_analytics(entry) and not _is_tool(entry):
            what = f"{host_of(entry.address)} is not among the documented analytics tools"
            yield subject.in_manifest(ANALYTICS_HOST, what, entry.line)


def analytics_unsaid(subject: Subject) -> Iterator[Finding]:
    for entry in subject.app.manifest.egress:
        if _is_analytics(entry) and entry.in_scope_eud is not False:
            what = f"analytics to {host_of(entry.address)} counts as carrying end-user data"
            yield subject.in_manifest(ANALYTICS_UNSAID, what, entry.line)


def analytics_unmarked(subject: Subject) -> Iterator[Finding]:
    for entry in subject.app.manifest.egress:
        if entry.kind != "navigation" and not _is_analytics(entry) and _is_tool(entry):
            severity: Severity | None = "note" if _content_for(subject, entry) else None
            what = f"{entry.kind}: {host_of(entry.address)} is an analytics tool, and the entry does not say so"
            yield subject.in_manifest(ANALYTICS_UNMARKED, what, entry.line, severity=severity)


def content_denied(subject: Subject) -> Iterator[Finding]:
    for entry in subject.app.manifest.egress:
        party = _content_for(subject, entry)
        if party is not None and entry.kind in _FETCHES and (entry.in_scope_eud is False or _is_analytics(entry)):
            says = "category: analytics" if _is_analytics(entry) else "inScopeEUD: false"
            what = f"{party.name} receives content at {host_of(entry.address)}, and the entry says {says}"
            yield subject.in_manifest(CONTENT_DENIED, what, entry.line)
    for entry in subject.app.manifest.remotes:
        party = _content_for(subject, entry)
        if party is not None and entry.in_scope_eud is False and not party.keeps_nothing:
            what = f"{party.name} receives content at {host_of(entry.address)} and keeps it: {party.retention!r}"
            yield subject.in_manifest(CONTENT_DENIED, f"{what}; the remote says that it stores none", entry.line)


def not_pinned(subject: Subject) -> Iterator[Finding]:
    """What makes Forge assume that end-user data is stored outside, remote by remote and address by address."""
    data = subject.app.manifest.data
    base_urls: set[str] = set()
    for number, remote in enumerate(maps(data.get("remotes"))):
        base_urls |= _base_urls(remote)
        if why := _remote_stores(remote):
            what = f"the remote {remote.get('key')!r} {why}"
            yield subject.in_manifest(NOT_PINNED, what, subject.line("remotes", number, "key"))
    for entry in subject.app.manifest.egress:
        if entry.kind in _FETCHES and entry.in_scope_eud is not False and entry.address not in base_urls:
            what = f"{entry.kind}: {entry.address} may carry end-user data out of the region"
            yield subject.in_manifest(NOT_PINNED, what, entry.line)


def _remote_stores(remote: object) -> str | None:
    """Why Forge takes a remote as one that keeps end-user data in no region of the customer's choice."""
    operations, eud = part(remote, "operations"), part(remote, "storage", "inScopeEUD")
    if part(remote, "configurable") is not None:
        return "is configured by the customer, and such remotes are never pinned"
    if not isinstance(operations, list) or not operations:
        return "names no operations, which counts as storing end-user data"
    if "storage" in operations and eud is not False and not isinstance(part(remote, "baseUrl"), dict):
        return "stores end-user data, and has no regions"
    return None


def _base_urls(remote: object) -> set[str]:
    urls = part(remote, "baseUrl")
    return {each for each in (urls.values() if isinstance(urls, dict) else (urls,)) if isinstance(each, str)}


def _content_for(subject: Subject, entry: EgressEntry) -> Subprocessor | None:
    """The party behind an address that receives content by a declared send."""
    host, trust = host_of(entry.address), subject.app.trust
    for party in trust.subprocessors:
        behind = any(covers(host, each) or covers(each, host) for each in party.hosts)
        if behind and any(_holds_content(trust.sends[name]) for name in party.receives if name in trust.sends):
            return party
    return None


def _holds_content(send: Send) -> bool:
    return any(has_content(each) for each in (send.path, send.query, send.headers, send.body) if each is not None)


def _is_analytics(entry: EgressEntry) -> bool:
    return (entry.category or "").lower() == "analytics"


def _is_tool(entry: EgressEntry) -> bool:
    return any(covers(known, host_of(entry.address)) for known in ANALYTICS_HOSTS)
