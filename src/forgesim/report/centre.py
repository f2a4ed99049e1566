"""The trust centre of one app: what was proved of its page, and what a privacy tab asks, each answer with its basis."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from forgesim.claims.case import leaves, parts
from forgesim.claims.kit import Outcome, Strength, Verdict
from forgesim.counted import counted
from forgesim.manifest.model import Manifest, Trust
from forgesim.manifest.types import Id, Type, has_content
from forgesim.report.flow import Kind
from forgesim.report.proved import Proved

__all__ = ["NOT_SHOWN", "Answer", "Centre", "answers_of"]

NOT_SHOWN = "not shown here"
DECLARED = "declared in trust.yml"
MANIFEST = "from manifest"
SERVICE = "the service that the app's maker runs at a subprocessor"
"""Whose code trust.yml gives a handler for."""


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What a topic of a privacy tab asks, what is known here, and where each part of it comes from."""

    topic: str
    says: str
    basis: tuple[str, ...]


class Centre(msgspec.Struct, frozen=True, kw_only=True):
    """One app's part of the trust centre."""

    proved: Proved
    answers: tuple[Answer, ...]


def answers_of(proved: Proved, manifest: Manifest, trust: Trust) -> tuple[Answer, ...]:
    """An answer a topic, as far as manifest, trust.yml and ledger show it; the rest says that it is not shown."""
    asked = _Asked(proved, manifest, trust)
    return tuple(
        Answer(topic=topic, says=says, basis=tuple(basis))
        for topic, (says, basis) in (
            ("Data that the app stores", asked.stored()),
            ("Where stored data is kept", asked.kept_where()),
            ("How long stored data is kept", asked.kept_long()),
            ("Data sent outside Atlassian's platform", asked.sent()),
            ("Subprocessors", asked.parties()),
            ("How long subprocessors keep data", asked.parties_keep()),
            ("Logs", asked.logs()),
            ("Logs shared with others", asked.logs_shared()),
            ("Personal data", asked.personal()),
            ("Reporting of personal data", asked.reported()),
            ("Permissions", asked.scopes()),
            ("Encryption in transit", asked.claim("encrypted_in_transit")),
            ("Encryption at rest", asked.nothing("the platform hosts what the app stores, and was not tested")),
            ("Artificial intelligence", asked.claim("ai_stays_on_platform")),
            ("Deletion when the app is removed", asked.claim("uninstall_forgets")),
            ("Organisation", asked.nothing("certificates, contracts, staff, vulnerability programme and support are "
                                           "documents and not behaviour")),
        )
    )  # fmt: skip


_Told = tuple[str, list[str]]


class _Asked:
    """The answers, one method a topic."""

    def __init__(self, proved: Proved, manifest: Manifest, trust: Trust) -> None:
        self._proved = proved
        self._manifest = manifest
        self._trust = trust

    def claim(self, name: str) -> _Told:
        """What a claim says, with its strength; where it does not hold, that."""
        verdict = self._proved.verdict(name)
        if verdict is None:
            return self.nothing(f"this catalog has no claim {name}")
        return f"{_said(verdict)}: {verdict.says}.", [_basis(verdict)]

    def nothing(self, why: str) -> _Told:
        return f"Not shown here: {why}.", [NOT_SHOWN]

    def stored(self) -> _Told:
        declared = [f"{store.place} {store.key.text}" for store in self._trust.stores]
        writes = self._count("stored", "property", "queue")
        says = f"Declared: {'; '.join(declared)}." if declared else "Nothing is declared to be stored."
        passed = f"{counted(writes, 'write')} to storage passed in this proof."
        seen = passed if writes else "No write to storage was seen."
        return f"{says} {seen}", [DECLARED, _seen(writes), *self._bases("stores_only_aggregates")]

    def kept_where(self) -> _Told:
        says, basis = self.claim("stays_in_region")
        return says, [*basis, "which region is the platform's: inherited"]

    def kept_long(self) -> _Told:
        return self.nothing("trust.yml declares no retention for what the app stores, and when the platform deletes "
                            "rows that have expired is its own")  # fmt: skip

    def sent(self) -> _Told:
        outside = [stream for stream in self._proved.flow.streams if stream.kind in ("declared", "undeclared")]
        addresses = [entry.address for entry in self._manifest.backend_egress()]
        says = [f"The manifest declares {', '.join(addresses)} for the back end." if addresses
                else "The manifest declares no address for the back end."]  # fmt: skip
        others = [entry.address for entry in self._manifest.egress if entry not in self._manifest.backend_egress()]
        if others:
            says.append(f"For what a browser loads it declares {', '.join(dict.fromkeys(others))}; no browser was run.")
        for stream in outside:
            declared = "" if stream.kind == "declared" else ", not declared"
            passed = f"{counted(stream.passed, 'request')} passed"
            refused = counted(stream.refused, "was refused", "were refused")
            says.append(f"{stream.name}{declared}: {passed}, {refused}.")
        if not outside:
            says.append("No request to anybody outside was seen.")
        says += [
            f"What is declared as {send.name} includes content of the site."
            for send in self._trust.sends.values()
            if any(map(has_content, parts(send)))
        ]
        total = sum(stream.passed + stream.refused for stream in outside)
        basis = [MANIFEST, _seen(total), *self._bases("reaches_only_declared", "sends_only_declared")]
        return " ".join(says), basis

    def parties(self) -> _Told:
        if not self._proved.parties:
            return "None besides Atlassian is declared.", [DECLARED, *self._bases("reaches_only_declared")]
        told = [f"{party.name} ({party.purpose or 'no purpose is given'}, {party.location or 'no location is given'})"
                for party in self._proved.parties]  # fmt: skip
        return f"Declared: {'; '.join(told)}.", [DECLARED, *self._bases("reaches_only_declared")]

    def parties_keep(self) -> _Told:
        if not self._proved.parties:
            return "No subprocessor is declared.", [DECLARED]
        told = [f"{party.name}: {party.retention or 'nothing is said'}" for party in self._proved.parties]
        verdict = self._proved.verdict("rendering_keeps_nothing")
        tested = verdict is not None and verdict.outcome is not Outcome.NOT_APPLICABLE
        rest = " What they keep was not tested here."
        if tested:
            rest = f" The code of {SERVICE} was run here; what the subprocessor itself keeps was not tested."
        return f"Declared: {'; '.join(told)}.{rest}", [DECLARED, *self._bases("rendering_keeps_nothing")]

    def logs(self) -> _Told:
        lines, service = self._count("log"), self._count("service log")
        says, basis = self.claim("logs_hold_no_content")
        told = f"Declared: {self._trust.logs}. Seen: {counted(lines, 'line')} of the app"
        told += f", and {service:,} of {SERVICE}." if service else "."
        return f"{told} {says}", [DECLARED, _seen(lines + service), *basis]

    def logs_shared(self) -> _Told:
        service = self._count("service log")
        if service:
            return (
                f"{counted(service, 'line was', 'lines were')} written to the log of {SERVICE}. Who reads that log, "
                "and the app's log on the platform, is not shown here.",
                [_seen(service), NOT_SHOWN],
            )
        return self.nothing("who reads the app's log on the platform is for the app's maker to say")

    def personal(self) -> _Told:
        return self.claim("keeps_no_personal_data")

    def reported(self) -> _Told:
        reports = self._count("reporting")
        seen = [_seen(reports)] if reports else []
        basis = [DECLARED, *seen, *self._bases("keeps_no_personal_data")]
        did = f" The app reported to Atlassian's service {counted(reports, 'time')} in this proof." if reports else ""
        if not any(_keeps_accounts(store.value) or "{account}" in store.key.text for store in self._trust.stores):
            return (
                f"trust.yml declares no account id among what is stored: by it there is nothing to report.{did}",
                basis,
            )
        told = "trust.yml declares account ids among what is stored, which Atlassian asks to be reported."
        return f"{told}{did or ' No report was seen in this proof.'}", basis

    def scopes(self) -> _Told:
        scopes = sorted(self._manifest.scopes)
        told = f"Asked for: {', '.join(scopes)}." if scopes else "No scope is asked for."
        says, basis = self.claim("asks_least_scopes")
        return f"{told} {says}", [MANIFEST, *basis]

    def _bases(self, *names: str) -> Iterator[str]:
        for name in names:
            if (verdict := self._proved.verdict(name)) is not None:
                yield _basis(verdict)

    def _count(self, *kinds: Kind) -> int:
        return sum(stream.passed for stream in self._proved.flow.streams if stream.kind in kinds)


def _seen(crossings: int) -> str:
    return f"seen in {counted(crossings, 'crossing')}"


def _keeps_accounts(type_: Type) -> bool:
    return any(isinstance(leaf, Id) and leaf.kind == "account" for leaf in leaves(type_))


SAID = {
    Outcome.HOLDS: "Holds",
    Outcome.BROKEN: "Broken",
    Outcome.UNPROVEN: "Unproven",
    Outcome.NOT_APPLICABLE: "Does not apply",
    Outcome.ERROR: "Could not be judged",
}


def _said(verdict: Verdict) -> str:
    """``Holds (tested)``; what the platform only promises is said to be that."""
    if verdict.strength is Strength.INHERITED:
        return "Holds (inherited: the platform's promise was not tested here)"
    return f"{SAID[verdict.outcome]}{f' ({verdict.strength.value})' if verdict.strength else ''}"


def _basis(verdict: Verdict) -> str:
    strength = f", {verdict.strength.value}" if verdict.strength else ""
    return f"{verdict.claim}: {verdict.outcome.value}{strength}"
