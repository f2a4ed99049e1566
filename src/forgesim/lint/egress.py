"""Checks of declared egress: how wide it is, and whether manifest.yml and trust.yml tell the same story."""

from __future__ import annotations

import re
from collections.abc import Iterator

from forgesim.errors import Problem
from forgesim.lint.limits import ANALYTICS_HOSTS, SHARED_DOMAINS
from forgesim.manifest.addresses import host_of
from forgesim.manifest.model import App, EgressEntry

__all__ = [
    "analytics_host",
    "analytics_unsaid",
    "covers",
    "not_a_name",
    "not_in_manifest",
    "not_in_trust",
    "too_wide",
]

_IP = re.compile(r"[0-9.]+|0x[0-9a-f]+(\.[0-9a-fx]+)*")
_RUNS_CODE_OR_SENDS = frozenset({"fetch.backend", "fetch.client", "scripts"})
"""Kinds by which data leaves in a request that the app itself makes."""


def covers(pattern: str, host: str) -> bool:
    """Whether a declared host takes in another: itself, or for ``*.x.com`` whatever is under ``x.com``."""
    if pattern in ("*", host):
        return True
    return pattern.startswith("*.") and host.removeprefix("*").endswith(pattern[1:]) and host != pattern[2:]


def _at(app: App, entry: EgressEntry, what: str, hint: str, *, warning: bool = True) -> Problem:
    file = str(app.path / "manifest.yml")
    return Problem(what=what, file=file, line=entry.line, hint=hint, warning=warning)


def too_wide(app: App) -> Iterator[Problem]:
    """A wildcard over a top-level domain, or over a domain where anybody can have a host."""
    for entry in app.manifest.egress:
        host = host_of(entry.address)
        if not host.startswith("*."):
            continue
        domain = host[2:]
        if "." not in domain:
            what = f"{entry.address} reaches every host under .{domain}"
            yield _at(app, entry, what, "name the host, or *. and a domain of its own")
        elif domain in SHARED_DOMAINS or any(domain.endswith(f".{shared}") for shared in SHARED_DOMAINS):
            what = f"{entry.address} reaches hosts that anybody can register"
            yield _at(app, entry, what, "name the host itself")


def not_a_name(app: App) -> Iterator[Problem]:
    """An IP address: nobody can tell whose it is, and the policy refuses it at run time."""
    for entry in app.manifest.egress:
        if _IP.fullmatch(host_of(entry.address)):
            yield _at(app, entry, f"{entry.address} is an IP address", "declare the host by name")


def analytics_host(app: App) -> Iterator[Problem]:
    """``category: analytics`` on a host that is not one of the tools it is meant for."""
    for entry in app.manifest.egress:
        host = host_of(entry.address)
        if entry.category == "analytics" and not any(covers(known, host) for known in ANALYTICS_HOSTS):
            what = f"{host} is not among the documented analytics tools"
            yield _at(app, entry, what, "leave out category: analytics, or a real deployment may refuse it")


def analytics_unsaid(app: App) -> Iterator[Problem]:
    """Analytics that does not say ``inScopeEUD: false`` counts as carrying end-user data."""
    for entry in app.manifest.egress:
        if entry.category == "analytics" and entry.in_scope_eud is not False:
            what = f"analytics to {host_of(entry.address)} counts as carrying end-user data"
            yield _at(app, entry, what, "add inScopeEUD: false where it carries none")


def not_in_manifest(app: App) -> Iterator[Problem]:
    """A subprocessor's host that the app may not reach: a stale line of the privacy page, or a missing one."""
    declared = [host_of(entry.address) for entry in app.manifest.egress]
    for party in app.trust.subprocessors:
        for host in party.hosts:
            if not any(covers(pattern, host) for pattern in declared):
                what = f"{party.name}'s host {host} is not in manifest.yml"
                hint = "declare it under permissions.external, or take it out here"
                yield Problem(what=what, file=str(app.trust.path), line=party.line, hint=hint)


def not_in_trust(app: App) -> Iterator[Problem]:
    """An address that no subprocessor stands behind: an error where the app sends, else a warning."""
    hosts = [host for party in app.trust.subprocessors for host in party.hosts]
    for entry in app.manifest.egress:
        host = host_of(entry.address)
        if entry.kind == "navigation" or any(covers(known, host) for known in hosts):
            continue
        yield _at(
            app,
            entry,
            f"{entry.kind} may reach {host}, which no subprocessor of trust.yml has",
            "add the party behind it to subprocessors, or take it out here",
            warning=entry.kind not in _RUNS_CODE_OR_SENDS,
        )
