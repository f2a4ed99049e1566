"""Assertions that say what was found when they fail."""

from __future__ import annotations

from collections.abc import Iterable

from forgesim.claims.kit import Outcome, Verdict
from forgesim.ledger.read import Crossing

__all__ = ["assert_broken", "assert_denied", "assert_holds"]


MOST_TOLD = 5
"""Pieces of evidence that a failure shows of each claim."""


def assert_denied(crossing: Crossing, rule: str | None = None) -> None:
    """The platform refused this crossing, by ``rule`` where one is given."""
    asked = crossing.decided
    what = f"{asked.channel} {asked.verb} {asked.target}"
    if asked.decision.allow:
        raise AssertionError(f"{what} was allowed by the rule {asked.decision.rule!r}")
    if rule is not None and asked.decision.rule != rule:
        raise AssertionError(f"{what} was refused by {asked.decision.rule!r}, not by {rule!r}")


def assert_holds(verdicts: Iterable[Verdict], *claims: str) -> None:
    """Each of these claims HOLDS; without names, every claim that applies. Raises AssertionError with the reasons."""
    by_name = {verdict.claim: verdict for verdict in verdicts}
    unknown = [name for name in claims if name not in by_name]
    if unknown:
        raise AssertionError(f"no verdict on {', '.join(unknown)}; there are {', '.join(by_name)}")
    asked = claims or [name for name, v in by_name.items() if v.outcome is not Outcome.NOT_APPLICABLE]
    failed = [by_name[name] for name in asked if by_name[name].outcome is not Outcome.HOLDS]
    if failed or not asked:
        raise AssertionError("\n".join(map(_told, failed)) or "no claim applies")


def assert_broken(verdicts: Iterable[Verdict], claim: str) -> Verdict:
    """``claim`` is BROKEN and no other claim is; returns its verdict."""
    found = list(verdicts)
    broken = [verdict for verdict in found if verdict.outcome is Outcome.BROKEN]
    if [verdict.claim for verdict in broken] != [claim]:
        raise AssertionError(f"{claim} alone should be BROKEN:\n" + "\n".join(map(_told, found)))
    return broken[0]


def _told(verdict: Verdict) -> str:
    lines = [f"{verdict.claim}: {verdict.outcome.value}: {verdict.says}"]
    for item in verdict.evidence[:MOST_TOLD]:
        number = f" #{item.seq}" if item.seq else ""
        lines.append(f"  {item.at or '–'}{number}  {item.why}")
    return "\n".join(lines)
