"""Whether an app could carry Forge's badge "Runs on Atlassian", with the reasons for and against.

Requirements as Forge documents the programme (August 2026); ``forge`` has the name under which Forge's own command
line tells one. The badge itself is Atlassian's to give.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from forgesim.lint.subject import Subject, maps, part
from forgesim.manifest.addresses import host_of

__all__ = ["Eligibility", "Reason", "eligibility"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One requirement. ``met`` is ``None`` where the app's files cannot tell; ``line`` is the manifest's."""

    name: str
    forge: str | None
    met: bool | None
    why: str
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Eligibility:
    """``eligible`` is false where a requirement is not met; those that the files cannot tell do not count."""

    reasons: tuple[Reason, ...]

    @property
    def eligible(self) -> bool:
        return all(reason.met is not False for reason in self.reasons)


def eligibility(subject: Subject) -> Eligibility:
    """Every requirement in turn; one that is not met comes once for each thing that stands against it."""
    checks = (_remotes, _connect, _egress, _configurable, _webtriggers, _sql, _credentials)
    return Eligibility(tuple(reason for check in checks for reason in check(subject)))


def _remotes(subject: Subject) -> Iterator[Reason]:
    name, forge = "no-remotes", "HAS_REMOTES"
    remotes = maps(subject.app.manifest.data.get("remotes"))
    for number, remote in enumerate(remotes):
        why, line = f"the app uses the remote {remote.get('key')!r}", subject.line("remotes", number, "key")
        yield Reason(name=name, forge=forge, met=False, why=why, line=line)
    if not remotes:
        yield Reason(name=name, forge=forge, met=True, why="all compute and storage is Forge's: there are no remotes")


def _connect(subject: Subject) -> Iterator[Reason]:
    name, forge = "no-connect-modules", "HAS_CONNECT_MODULES"
    if subject.app.manifest.data.get("connectModules"):
        line = subject.line("connectModules")
        yield Reason(name=name, forge=forge, met=False, why="the app has Connect modules", line=line)
    else:
        yield Reason(name=name, forge=forge, met=True, why="there are no Connect modules")


def _egress(subject: Subject) -> Iterator[Reason]:
    name, forge = "no-egress", "HAS_DEFINED_EGRESS"
    entries = [entry for entry in subject.app.manifest.egress if entry.kind != "navigation"]
    against = False
    for entry in entries:
        is_analytics = (entry.category or "").lower() == "analytics"
        if is_analytics and entry.in_scope_eud is False:
            continue
        against = True
        what = "analytics that may carry end-user data" if is_analytics else "egress that is not analytics"
        why = f"{entry.kind} to {host_of(entry.address)} is {what}"
        yield Reason(name=name, forge=forge, met=False, why=why, line=entry.line)
    if not against:
        why = "no egress" if not entries else "all egress is analytics without end-user data, which is allowed"
        yield Reason(name=name, forge=forge, met=True, why=why, line=entries[0].line if entries else None)


def _configurable(subject: Subject) -> Iterator[Reason]:
    path = ("permissions", "external", "configurable", "enabled")
    on = part(subject.app.manifest.data, *path) is True
    why = "the customer may add egress" if on else "no egress that the customer configures"
    yield Reason(
        name="no-customer-egress", forge=None, met=not on, why=why, line=subject.line(*path) if on else None
    )  # fmt: skip


def _webtriggers(subject: Subject) -> Iterator[Reason]:
    name, forge = "static-web-triggers", "HAS_EGRESS_WEBTRIGGER_MODULE"
    triggers = [module for module in subject.app.manifest.modules if module.type == "webtrigger"]
    dynamic = [module for module in triggers if part(module.data, "response", "type") != "static"]
    for module in dynamic:
        why = f"the web trigger {module.key!r} answers whatever the app makes (its response is not static)"
        yield Reason(name=name, forge=forge, met=False, why=why, line=module.line)
    if not dynamic:
        why = "every web trigger answers static texts" if triggers else "there are no web triggers"
        yield Reason(name=name, forge=forge, met=True, why=why)


def _sql(subject: Subject) -> Iterator[Reason]:
    name, forge = "no-preview-sql", "HAS_NON_DARE_COMPLIANT_SQL_MODULE"
    modules = [module for module in subject.app.manifest.modules if module.type == "sql"]
    for module in modules:
        why = f"the sql module {module.key!r} is in preview"
        yield Reason(name=name, forge=forge, met=False, why=why, line=module.line)
    if not modules:
        yield Reason(name=name, forge=forge, met=True, why="there is no sql module")


def _credentials(_: Subject) -> Iterator[Reason]:
    why = "whether the app exposes credentials is for Atlassian to see, not for the manifest to tell"
    yield Reason(name="no-exposed-credentials", forge="HAS_EXPOSED_CREDENTIALS", met=None, why=why)
