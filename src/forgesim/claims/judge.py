"""Judging a ledger by a trust.yml: one verdict per claim of the catalog, from those two alone."""

from __future__ import annotations

from collections.abc import Iterator

from forgesim.claims.case import Case
from forgesim.claims.catalog import CATALOG
from forgesim.claims.kit import Claim, Outcome, Verdict
from forgesim.ledger.read import Ledger
from forgesim.manifest.model import Trust

__all__ = ["broken", "judge", "look_ahead", "verdicts_of"]


def judge(ledger: Ledger, trust: Trust) -> tuple[Verdict, ...]:
    """One verdict per claim, in catalog order; a claim that raises is ERROR."""
    return verdicts_of(Case(ledger, trust))


def verdicts_of(case: Case) -> tuple[Verdict, ...]:
    """What ``judge`` says."""
    return tuple(_judged(claim, case) for claim in CATALOG)


def look_ahead(case: Case) -> Iterator[None]:
    """Judge a case, a claim at a time, whose ledger has yet to get its trials and coverage. What is found in its texts
    the case remembers, and that is most of the work: the verdicts come fast when the rest is there."""
    for claim in CATALOG:
        _judged(claim, case)
        yield


def broken(ledger: Ledger, trust: Trust) -> tuple[Verdict, ...]:
    """The claims that these records break, for a single run: what is not broken in it is not said to hold."""
    case = Case(ledger, trust, fast=True)
    verdicts = (_judged(claim, case) for claim in CATALOG)
    return tuple(verdict for verdict in verdicts if verdict.outcome is Outcome.BROKEN)


def _judged(claim: Claim, case: Case) -> Verdict:
    try:
        return claim.judge(case)
    except Exception as error:  # noqa: BLE001 - a bug in one claim must not hide the verdicts of the others
        says = f"forgesim failed to judge this claim: {type(error).__name__} (a bug: please report it)"
        return Verdict(claim=claim.name, claimed=case.claimed(claim.name), outcome=Outcome.ERROR, says=says)
