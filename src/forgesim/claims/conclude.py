"""From findings to a verdict: the gates that every claim passes, in one order, so that silence never holds.

BROKEN by evidence, else ERROR where a run went wrong, else UNPROVEN where nothing exercised the claim or where what
ran says too little, else HOLDS. A verdict that a control of the platform enforces needs no coverage.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from forgesim.claims.case import INSIDE, Case
from forgesim.claims.kit import Evidence, Outcome, Strength, Verdict, grouped
from forgesim.counted import counted
from forgesim.ledger.records import Trial, Witness
from forgesim.manifest.remotes import acting, endpoint_of, endpoints_of, relayed

__all__ = ["TWINS", "Findings", "Ground", "conclude", "not_applicable", "pairs_bound", "trials_of"]

TWINS = frozenset({"stored", "sent", "logged", "prompted"})
"""Trial channels of the app's own runs: one that does not repeat leaves open whatever rests on runs."""

PRODUCTS = frozenset({"confluence", "jira"})

_UNIT = re.compile(r"(.+?:\d+):\d+(?: (.*))?", re.DOTALL)
"""Line and kind of a unit; a file's name may have blanks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """On what a claim would hold: its strength, the words for it, and the crossings that exercised it."""

    strength: Strength
    says: str
    crossings: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What a claim found. ``unexercised`` is said where ``ground`` has no crossings; ``doubts`` are the claim's own
    reasons not to hold; ``channels`` are those on which a 501 leaves the claim open, ``trials`` the trial channels
    that have to repeat; ``by_scopes``: scopes hold it, which bind whoever has a token of the app's too."""

    broken: Sequence[Evidence]
    says_broken: str
    ground: Ground
    unexercised: str
    channels: frozenset[str]
    doubts: Sequence[Evidence] = ()
    needs_bodies: bool = False
    trials: frozenset[str] = TWINS
    by_scopes: bool = False


def conclude(name: str, case: Case, found: Findings) -> Verdict:
    """The verdict that these findings allow."""
    if found.broken:
        return _verdict(name, case, Outcome.BROKEN, found.says_broken, found.broken, found.ground.crossings)
    if case.fast:
        return _verdict(name, case, Outcome.UNPROVEN, "not broken in this run")
    failures = grouped(_failures(case, enforced=found.ground.strength is Strength.ENFORCED))
    if failures:
        return _verdict(name, case, Outcome.ERROR, "a run did not end as it should", failures)
    doubts = grouped([*found.doubts, *_doubts(case, found)])
    if found.ground.crossings < 1:
        return _verdict(name, case, Outcome.UNPROVEN, found.unexercised, doubts)
    if doubts:
        more = f"; {counted(len(doubts) - 1, 'more reason')} below" if len(doubts) > 1 else ""
        says = f"{doubts[0].why}{more}"
        return _verdict(name, case, Outcome.UNPROVEN, says, doubts, found.ground.crossings)
    return Verdict(
        claim=name,
        claimed=case.claimed(name),
        outcome=Outcome.HOLDS,
        says=found.ground.says,
        strength=found.ground.strength,
        crossings=found.ground.crossings,
    )


def not_applicable(name: str, case: Case, says: str) -> Verdict:
    """A claim that manifest and trust.yml leave nothing to say about."""
    return _verdict(name, case, Outcome.NOT_APPLICABLE, says)


def trials_of(case: Case, channel: str) -> list[Trial]:
    """The twin trials on a channel."""
    return [trial for trial in case.ledger.trials if trial.channel == channel]


def pairs_bound(trials: Sequence[Trial], one: str = "twin pair", several: str | None = None) -> str:
    """``0 of 20 twin pairs differed: under 13.91 % at 95 %``, the exact bound for pairs without a difference. ``one``
    and ``several``: of which kind they are. For pairs that are drawn, not for ones that were chosen."""
    pairs = len({trial.pair for trial in trials})
    bound = 100 * (1 - 0.05 ** (1 / pairs))
    return f"0 of {counted(pairs, one, several)} differed: under {bound:.2f} % at 95 %"


def _verdict(
    name: str, case: Case, outcome: Outcome, says: str, evidence: Iterable[Evidence] = (), crossings: int = 0
) -> Verdict:
    return Verdict(
        claim=name,
        claimed=case.claimed(name),
        outcome=outcome,
        says=says,
        crossings=crossings,
        evidence=grouped(evidence),
    )


def _failures(case: Case, *, enforced: bool) -> Iterator[Evidence]:
    """Kills in real time, guests that broke the protocol, invocations without an end; unmet expectations too, but
    for a control of the platform, which does not rest on how the app fared."""
    for invocation in case.ledger.invocations.values():
        opened, close = invocation.open, invocation.close
        if opened.cause == "probe":
            continue
        where = f"{opened.function}{f'/{opened.resolver}' if opened.resolver else ''}"
        if close is None:
            yield Evidence(0, f"{where} has no end in the ledger")
        elif close.outcome in ("killed", "protocol"):
            yield Evidence(0, f"{where} was ended by force: {close.message or close.outcome}", close.line)
    if enforced:
        return
    for step in case.ledger.steps:
        run = case.ledger.runs.get(step.run)
        if not step.met and run is not None and run.cause in ("scenario", "run"):
            said = f": {step.message}" if step.message else ""
            yield Evidence(
                0,
                f"{step.name} in {step.scenario!r} ended with {step.outcome}{said}",
                f"trust.yml:{step.line}",
            )


def _doubts(case: Case, found: Findings) -> Iterator[Evidence]:
    yield from _unknown(case, "platform")
    if found.channels & PRODUCTS and not found.by_scopes:
        yield from _out_of_sight(case)
    if found.ground.strength is Strength.ENFORCED:
        return
    header, coverage = case.ledger.header, case.ledger.coverage
    if not header.confined:
        yield Evidence(0, "the app ran unconfined")
    live = sorted({host for run in case.ledger.runs.values() for host in run.live})
    if live:
        yield Evidence(0, f"requests to {', '.join(live)} left the machine: such a run cannot be repeated")
    if found.needs_bodies and not case.bodies_kept:
        yield Evidence(0, "the ledger has digests instead of what the app wrote: content cannot be judged")
    if coverage is None:
        why = "no coverage was recorded: nobody knows which of the app's code ran"
        yield Evidence(0, f"{why} (JavaScript has it where esbuild bundles the app)")
    else:
        hit = frozenset(coverage.hit)
        yield from (_missed(unit) for number, unit in enumerate(header.units) if number not in hit)
        for place in coverage.dynamic:
            yield Evidence(0, "app code runs code that it makes at run time (exec, eval or compile)", place)
    yield from _unsent(case)
    for trial in case.ledger.trials:
        if trial.channel in found.trials and trial.again is not None and trial.a != trial.again:
            yield Evidence(0, f"not deterministic: {trial.scenario!r} did not repeat on channel {trial.channel}")
    yield from (_hidden(witness) for witness in case.witnesses if witness.call in INSIDE)
    if "egress" in found.channels:
        yield from _to_endpoints(case, content=found.needs_bodies)
    yield from _unknown(case, *found.channels)


def _unsent(case: Case) -> Iterator[Evidence]:
    """Events that triggers wait for and that were never sent: what the app does with them nobody has seen."""
    made_up = {each.open.event for each in case.events if each.open.guess}
    for key, event in case.awaited:
        if event not in case.sent:
            how = "ran on what forgesim made up" if event in made_up else "never got it"
            yield Evidence(0, f"the trigger {key!r} waits for {event}, and {how}")


def _out_of_sight(case: Case) -> Iterator[Evidence]:
    """Remotes that get tokens of Atlassian's: what they ask the products for with them does not come by here."""
    for key in acting(case.manifest.data):
        yield Evidence(0, f"the remote {key!r} gets tokens: what it does with them at Atlassian is not seen")


def _to_endpoints(case: Case, *, content: bool) -> Iterator[Evidence]:
    """Modules that a remote answers in a function's place. What an event or a schedule sends there is the platform's to
    say, and was seen; what a front end sends is for its code to say, of which none runs here. ``content``: whether it
    matters what that is, and not where it goes alone."""
    endpoints = endpoints_of(case.manifest.data)
    for module in case.manifest.modules:
        endpoint, here = endpoint_of(module), relayed(module, endpoints)
        if endpoint is None or (here is not None and ("endpoint" in module.data or not content)):
            continue
        says = "forgesim does not emulate that" if here is None else "what else its front end may send is not known"
        where = f"manifest.yml:{module.line}" if module.line else None
        yield Evidence(0, f"{module.type} {module.key!r} goes to the endpoint {endpoint!r}: {says}", where)


def _unknown(case: Case, *channels: str) -> Iterator[Evidence]:
    """What forgesim does not emulate. On the channel ``platform`` it may be anything, a write or a way out too, so
    that no control which was probed says anything of it."""
    for crossing in case.on(*channels):
        answer, asked = crossing.answered, crossing.decided
        if answer is not None and answer.unsupported is not None:
            yield Evidence(asked.seq, f"forgesim does not emulate {answer.unsupported}", asked.line)


def _hidden(witness: Witness) -> Evidence:
    return Evidence(
        witness.seq, f"what this does, coverage cannot follow: {witness.target or witness.call}", witness.line
    )


def _missed(unit: str) -> Evidence:
    """``src/pulse/scan.py:41:8 if`` → never ran: if, at src/pulse/scan.py:41."""
    found = _UNIT.fullmatch(unit)
    at, what = (found[1], found[2]) if found is not None else (unit, None)
    return Evidence(0, f"app code that never ran: {what or 'statement'} ({unit})", at)
