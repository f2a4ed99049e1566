"""A function reads what its purpose asks for, as trust.yml has it, and nothing beside."""

from __future__ import annotations

from collections.abc import Iterator

from forgesim.claims.case import Case, succeeded
from forgesim.claims.conclude import Findings, Ground, conclude, not_applicable
from forgesim.claims.kit import Claim, Evidence, Strength, Verdict
from forgesim.claims.reading import outside, rules_of
from forgesim.counted import each_of
from forgesim.ledger.read import Crossing

__all__ = ["CLAIM"]

NAME = "reads_only_its_purpose"
PRODUCTS = frozenset({"confluence", "jira"})
SHOWS_CONTENT = frozenset({"content", "query", "user"})
MAX_REASONS = 3
"""Things named of one answer; a list of a thousand pages is one mistake."""


def judge(case: Case) -> Verdict:
    """Broken by a read that no rule of its function covers, also by one that failed or was refused."""
    reads = [crossing for crossing in case.on(*PRODUCTS) if _asks_for_content(crossing)]
    broken = [evidence for crossing in reads for evidence in _beyond(case, crossing)]
    if not broken and not case.trust.reads and not _may_read(case):
        return not_applicable(NAME, case, "no scope lets the app read, and trust.yml names nothing to read")
    exercised = sum(1 for crossing in reads if succeeded(crossing))
    names = sorted(name for name, rules in case.trust.reads.items() if rules)
    found = Findings(
        broken=broken,
        says_broken="the app reads what trust.yml does not name for the function that runs",
        ground=Ground(
            strength=Strength.OBSERVED,
            says=f"{each_of(exercised, 'answer')} showed only what reads allows the function that asked "
            f"({', '.join(names)})",
            crossings=exercised,
        ),
        unexercised="the app read no content",
        channels=PRODUCTS,
        doubts=_once(case, reads),
    )
    return conclude(NAME, case, found)


def _may_read(case: Case) -> bool:
    return any(not scope.startswith("storage:") for scope in case.manifest.scopes)


def _asks_for_content(crossing: Crossing) -> bool:
    """A read of content, refused ones too; a route that no document has can show nothing."""
    asked, answer = crossing.decided, crossing.answered
    if asked.writes:
        return False
    return asked.op_class in SHOWS_CONTENT or (answer is not None and bool(answer.reads))


def _once(case: Case, reads: list[Crossing]) -> list[Evidence]:
    """One call that read shows no habit, however often it is made again: what a function reads depends on what it is
    called for."""
    calls = set()
    for inv, number in {(crossing.decided.inv, crossing.decided.run) for crossing in reads if succeeded(crossing)}:
        own, run = case.ledger.invocations.get(inv), case.ledger.runs.get(number)
        if own is not None and run is not None:
            asked = own.open
            calls.add(repr((asked.function, asked.resolver, asked.principal, asked.input, run.analytics)))
    return [Evidence(0, "a single call read anything: call it for other things too")] if len(calls) < 2 else []


def _beyond(case: Case, crossing: Crossing) -> Iterator[Evidence]:
    asked = crossing.decided
    invocation = case.ledger.invocations.get(asked.inv)
    if invocation is None:
        yield Evidence(asked.seq, "reads in an invocation that the ledger does not have", asked.line)
        return
    name = invocation.open.resolver or invocation.open.function
    rules = rules_of(case, invocation.open)
    if rules is None:
        yield Evidence(asked.seq, f"{name} reads {asked.op or asked.target}: trust.yml has no reads for it", asked.line)
        return
    for number, what in enumerate(outside(case, crossing, invocation, rules)):
        if number == MAX_REASONS:
            return
        yield Evidence(asked.seq, f"{name} asks for {what}", asked.line)


CLAIM = Claim(
    name=NAME,
    statement="Each function of the app reads only what its purpose asks for.",
    why="Opening a small window on one page is no reason to read a whole space.",
    exercised_by="Successful reads of content in at least two calls.",
    broken_by="A read of a kind, or of a thing, that reads does not name for the function; any read of a function "
    "that reads does not list; failed and refused reads are attempts too.",
    limits="By what answers show and paths name, not by which fields are used; a sprint or a board stands for the "
    "issues of its project; the context of a call is in the "
    "ledger as far as its account and, for events, its body go.",
    judge=judge,
)
