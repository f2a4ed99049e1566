"""What is kept of one app's proof for a report: small, frozen, and able to cross from a pytest worker as JSON."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from forgesim.claims.case import Case
from forgesim.claims.kit import Outcome, Verdict
from forgesim.ledger.read import Crossing, Ledger
from forgesim.manifest.model import Trust
from forgesim.report.flow import Flow, flow_of

__all__ = ["Party", "Proved", "Said", "Seen", "Tried", "outcomes_of", "proved_of", "sentence_outcome"]

MOST_TARGET = 200
"""Characters of a crossing's target that a report shows."""


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """A crossing that a verdict points at. ``target`` is null on an imported site: it may hold real content."""

    seq: int
    channel: str
    verb: str
    target: str | None
    allowed: bool
    rule: str
    reason: str
    function: str
    principal: str | None
    run: str
    status: int | None


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """A sentence of the privacy page, the claims that test it, or why none does."""

    says: str
    claims: tuple[str, ...]
    untestable: str | None


class Party(msgspec.Struct, frozen=True, kw_only=True):
    """A subprocessor as trust.yml declares it."""

    name: str
    hosts: tuple[str, ...]
    purpose: str
    location: str
    retention: str
    receives: tuple[str, ...]


class Tried(msgspec.Struct, frozen=True, kw_only=True):
    """Trials on one channel: pairs of runs compared, comparisons, those that differed, those that did not repeat."""

    channel: str
    pairs: int
    compared: int
    differed: int
    unrepeated: int


class Proved(msgspec.Struct, frozen=True, kw_only=True):
    """One app, its ledger in short, and one verdict per claim. ``again``: by ``judge``; ``imported``: a site in it was
    not generated, so that what is quoted may be real content; ``live``: hosts to
    which requests really left the machine."""

    app: str
    vendor: str
    purpose: str
    modelled_on: str
    version: str
    digest: str
    created: str
    forgesim: str
    catalog: str
    sandbox: str
    confined: bool
    undeployable: tuple[str, ...]
    head: str
    crossings: int
    seeds: tuple[int, ...]
    again: bool
    other_trust: bool
    imported: bool
    live: tuple[str, ...]
    units: int
    missed: tuple[str, ...]
    excluded: tuple[str, ...]
    notes: tuple[tuple[str, str], ...]
    covered: bool
    verdicts: tuple[Verdict, ...]
    seen: tuple[Seen, ...]
    sentences: tuple[Said, ...]
    parties: tuple[Party, ...]
    flow: Flow
    trials: tuple[Tried, ...]

    @property
    def key(self) -> str:
        """The same for two proofs of the same thing, whenever and wherever they ran: heads differ by date alone."""
        same = msgspec.structs.replace(self, created="", head="")
        return msgspec.json.encode(same).decode()

    def verdict(self, claim: str) -> Verdict | None:
        """The verdict on a claim; null where this catalog does not have it."""
        return next((verdict for verdict in self.verdicts if verdict.claim == claim), None)


def proved_of(ledger: Ledger, verdicts: Sequence[Verdict], trust: Trust, *, again: bool = False) -> Proved:
    """What a report needs of a ledger and its verdicts."""
    header, coverage = ledger.header, ledger.coverage
    hit = frozenset(coverage.hit if coverage is not None else ())
    numbers = {item.seq for verdict in verdicts for item in verdict.evidence} - {0}
    return Proved(
        app=header.app,
        vendor=trust.vendor,
        purpose=trust.purpose,
        modelled_on=trust.modelled_on,
        version=header.app_version,
        digest=header.app_digest,
        created=header.created,
        forgesim=header.forgesim,
        catalog=header.catalog,
        sandbox=header.sandbox,
        confined=header.confined,
        undeployable=header.undeployable,
        head=ledger.head,
        crossings=len(ledger.crossings),
        seeds=tuple(sorted({run.seed for run in ledger.runs.values()})),
        again=again,
        other_trust=header.trust_digest != trust.digest,
        live=tuple(sorted({host for run in ledger.runs.values() for host in run.live})),
        imported=any(run.imported for run in ledger.runs.values()),
        units=len(header.units),
        missed=tuple(unit for number, unit in enumerate(header.units) if number not in hit),
        excluded=header.excluded,
        notes=coverage.notes if coverage is not None else (),
        covered=coverage is not None,
        verdicts=tuple(verdicts),
        seen=tuple(_seen(ledger, each) for each in ledger.crossings if each.decided.seq in numbers),
        sentences=tuple(Said(says=s.says, claims=s.claims, untestable=s.untestable) for s in trust.sentences),
        parties=tuple(
            Party(
                name=party.name,
                hosts=party.hosts,
                purpose=party.purpose,
                location=party.location,
                retention=party.retention,
                receives=party.receives,
            )
            for party in trust.subprocessors
        ),
        flow=flow_of(Case(ledger, trust)),
        trials=_tried(ledger),
    )


WORST = (Outcome.BROKEN, Outcome.ERROR, Outcome.UNPROVEN, Outcome.HOLDS, Outcome.NOT_APPLICABLE)
"""What a sentence is said to be where its claims differ: the first of these that one of them is."""


def outcomes_of(verdicts: Sequence[Verdict]) -> dict[Outcome, int]:
    """How many of the claims that are made have each outcome, the worst first; without those that none has."""
    made = [verdict.outcome for verdict in verdicts if verdict.claimed]
    return {outcome: made.count(outcome) for outcome in WORST if outcome in made}


def sentence_outcome(proved: Proved, sentence: Said) -> Outcome | None:
    """The worst outcome of the claims that test a sentence; null where none does. A claim that does not apply says
    nothing; one that was not judged leaves the sentence UNPROVEN."""
    if not sentence.claims:
        return None
    outcomes = {v.outcome if (v := proved.verdict(name)) else Outcome.UNPROVEN for name in sentence.claims}
    return next(outcome for outcome in WORST if outcome in outcomes)


def _seen(ledger: Ledger, crossing: Crossing) -> Seen:
    asked, answer = crossing.decided, crossing.answered
    run, invocation = ledger.runs.get(asked.run), ledger.invocations.get(asked.inv)
    opened = invocation.open if invocation is not None else None
    named = "" if opened is None else opened.function + (f"/{opened.resolver}" if opened.resolver else "")
    return Seen(
        seq=asked.seq,
        channel=asked.channel,
        verb=asked.verb,
        target=asked.target[:MOST_TARGET] if run is not None and not run.imported else None,
        allowed=asked.decision.allow,
        rule=asked.decision.rule,
        reason=asked.decision.reason,
        function=named,
        principal=opened.principal if opened is not None else None,
        run="" if run is None else f"{run.cause}: {run.label}",
        status=None if answer is None else answer.status,
    )


def _tried(ledger: Ledger) -> tuple[Tried, ...]:
    found = []
    for channel in dict.fromkeys(trial.channel for trial in ledger.trials):
        trials = [trial for trial in ledger.trials if trial.channel == channel]
        unrepeated = [trial for trial in trials if trial.again is not None and trial.a != trial.again]
        found.append(
            Tried(
                channel=channel,
                pairs=len({trial.pair for trial in trials}),
                compared=len(trials),
                differed=sum(trial.a != trial.b for trial in trials) - sum(trial.a != trial.b for trial in unrepeated),
                unrepeated=len(unrepeated),
            )
        )
    return tuple(found)
