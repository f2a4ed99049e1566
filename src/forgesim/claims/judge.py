"""Judging a ledger by a trust.yml: one verdict per claim of the catalog, from those two alone."""

from __future__ import annotations

from forgesim.claims.case import Case
from forgesim.claims.catalog import CATALOG
from forgesim.claims.kit import Claim, Outcome, Verdict
from forgesim.ledger.read import Ledger
from forgesim.manifest.model import Trust

__all__ = ["broken", "judge"]


def judge(ledger: Ledger, trust: Trust) -> tuple[Verdict, ...]:
    """One verdict per claim, in catalog order; a claim that raises is ERROR."""
    case = Case(ledger, trust)
    return tuple(_judged(claim, case) for claim in CATALOG)


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
