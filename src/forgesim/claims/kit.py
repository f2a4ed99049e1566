"""What a claim is and what its judging gives: outcome, strength, evidence, verdict."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from forgesim.claims.case import Case

__all__ = ["MAX_EVIDENCE", "Case", "Claim", "Evidence", "Outcome", "Strength", "Verdict", "grouped"]

MAX_EVIDENCE = 20


class Outcome(StrEnum):
    """What a ledger says of a claim. NOT_APPLICABLE comes from manifest and trust.yml only, never from silence."""

    HOLDS = "HOLDS"
    BROKEN = "BROKEN"
    UNPROVEN = "UNPROVEN"
    NOT_APPLICABLE = "NOT_APPLICABLE"
    ERROR = "ERROR"


class Strength(StrEnum):
    """How well a claim holds: by a control of the platform, its promise, counted bits, n trials, or as seen."""

    ENFORCED = "enforced"
    INHERITED = "inherited"
    BOUNDED = "bounded"
    TESTED = "tested"
    OBSERVED = "observed"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One reason: the crossing (0: the manifest, trust.yml or the run as a whole), in plain words, the app's line."""

    seq: int
    why: str
    at: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A judged claim. ``crossings`` is how many crossings exercised it; ``claimed``: trust.yml makes the claim.

    Cannot be built to hold on nothing, to hold without a strength, or to be broken without evidence.
    """

    claim: str
    claimed: bool
    outcome: Outcome
    says: str
    strength: Strength | None = None
    crossings: int = 0
    evidence: tuple[Evidence, ...] = ()

    def __post_init__(self) -> None:
        holds = self.outcome is Outcome.HOLDS
        if holds and self.crossings < 1:
            raise ValueError(f"{self.claim} cannot hold: nothing exercised it")
        if holds is (self.strength is None):
            raise ValueError(f"{self.claim}: a strength goes with HOLDS and with nothing else")
        if self.outcome is Outcome.BROKEN and not self.evidence:
            raise ValueError(f"{self.claim} cannot be broken without evidence")
        if len(self.evidence) > MAX_EVIDENCE:
            raise ValueError(f"{self.claim}: {len(self.evidence):,} items of evidence are over {MAX_EVIDENCE}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A sentence with its test. ``limits`` says what a verdict does not cover; ``judge`` looks at one case."""

    name: str
    statement: str
    why: str
    exercised_by: str
    broken_by: str
    limits: str
    judge: Callable[[Case], Verdict]


def grouped(evidence: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """The first of each kind (same line, same words), at most ``MAX_EVIDENCE``."""
    first: dict[tuple[str | None, str], Evidence] = {}
    for item in evidence:
        first.setdefault((item.at, item.why), item)
    return tuple(first.values())[:MAX_EVIDENCE]
