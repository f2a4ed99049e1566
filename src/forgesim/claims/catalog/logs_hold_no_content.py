"""Logs carry what an operator needs, and nothing of what people wrote."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator

from forgesim.claims.advice import advice
from forgesim.claims.case import Case
from forgesim.claims.conclude import Findings, Ground, conclude, not_applicable, pairs_bound, trials_of
from forgesim.claims.content import content_evidence, line_of, looks_like_content, twin_doubts, twin_evidence
from forgesim.claims.kit import Claim, Evidence, Strength, Verdict
from forgesim.claims.wire import body_text
from forgesim.counted import counted
from forgesim.leaks.index import ContentIndex
from forgesim.leaks.scanner import Piece, Scanner
from forgesim.ledger.read import Crossing
from forgesim.ledger.records import ScanIndex
from forgesim.manifest.remotes import endpoints_of
from forgesim.manifest.variables import SECRET

__all__ = ["CLAIM", "SERVICE"]

NAME = "logs_hold_no_content"
CHANNELS = frozenset({"log", "error"})
LEVELS = frozenset({"stdout", "stderr", "debug", "info", "warn", "error", "raise", "service"})
"""Verbs of lines and errors; another is the app's own word."""
SERVICE = "service"
"""The verb of a line that a vendor's own service logs."""
GROUP = "/aws/lambda/"
"""How the names of the log groups begin that keep such lines; an app's own lines have no group, whatever their verb."""


def judge(case: Case) -> Verdict:
    """Broken by content in a log line or an error's text, by twins that log otherwise, by a line too many."""
    endpoints = endpoints_of(case.manifest.data)
    if not case.manifest.functions and not endpoints:
        return not_applicable(NAME, case, "the manifest has no function: nothing runs that could log")
    written = [crossing for crossing in case.on(*CHANNELS) if not _of_platform(case, crossing, endpoints)]
    logged = [crossing for crossing in written if crossing.decided.channel == "log"]
    unwanted = [evidence for crossing in logged if (evidence := _unwanted(case, crossing)) is not None]
    content = [*_secrets(case, written), *_content(case, written)]
    broken = [*content, *unwanted, *twin_evidence(case, "logged", "logs")]
    broken += [] if content else advice(case, CHANNELS, broken)
    silent = case.trust.logs == "nothing" and not logged
    found = Findings(
        broken=broken,
        says_broken="the app logs though trust.yml says that it logs nothing"
        if broken and len(unwanted) == len(broken)
        else "the logs hold more than metadata",
        ground=_ground(case, written, silent=silent),
        unexercised="the app logged nothing",
        channels=CHANNELS,
        doubts=[*([] if silent else twin_doubts(case, "logged")), *_unscanned(case, written)],
        needs_bodies=True,
    )
    return conclude(NAME, case, found)


def _of_platform(case: Case, crossing: Crossing, endpoints: Collection[str]) -> bool:
    """Why the call of an endpoint failed is told in words of the platform's own: no code of the app's chose them."""
    own = case.ledger.invocations.get(crossing.decided.inv)
    return crossing.decided.channel == "error" and own is not None and own.open.function in endpoints


def _unwanted(case: Case, crossing: Crossing) -> Evidence | None:
    """A line where trust.yml says that nothing is logged, by the app or by a vendor's service."""
    asked = crossing.decided
    if not _by_service(crossing):
        why = "logs a line; trust.yml says logs: nothing"
        return Evidence(asked.seq, why, asked.line) if case.trust.logs == "nothing" else None
    said = {
        str(party.service.get("logs", case.trust.logs))
        for party in case.trust.subprocessors
        if asked.target == GROUP + str(party.service.get("handler", "")).replace(".", "-")
    }
    why = "the service of the app's maker logs a line; trust.yml says that it logs nothing"
    return Evidence(asked.seq, why, asked.line) if "nothing" in said else None


def _by_service(crossing: Crossing) -> bool:
    return crossing.decided.verb == SERVICE and bool(crossing.decided.target)


def _content(case: Case, written: list[Crossing]) -> Iterator[Evidence]:
    pieces: dict[int, list[Piece]] = defaultdict(list)
    seen: set[tuple[int, str]] = set()
    for crossing in written:
        asked = crossing.decided
        text = body_text(asked.body) if asked.verb in LEVELS else f"{asked.verb} {body_text(asked.body)}"
        if text and (asked.run, text) not in seen:
            seen.add((asked.run, text))
            pieces[asked.run].append(Piece(text, asked.seq))
    if case.fast:
        pieces = defaultdict(list, {run: looks_like_content(case, run, parts) for run, parts in pieces.items()})
    yield from content_evidence(case, pieces, line_of(written), "logs")


def _secrets(case: Case, written: list[Crossing]) -> Iterator[Evidence]:
    """Secret environment variables in what is logged, as they are or encoded."""
    texts = [("variable", name, SECRET, of.value) for name, of in case.trust.variables.items() if of.secret]
    if not texts:
        return
    scanner = Scanner(ContentIndex(ScanIndex(tuple(texts))))
    lines = line_of(written)
    pieces = [Piece(body_text(crossing.decided.body), crossing.decided.seq) for crossing in written]
    for finding in scanner.scan([piece for piece in pieces if piece.text]):
        how = f" ({finding.decoding})" if finding.decoding else ""
        seq, name = finding.seq or 0, finding.ref.removeprefix("variable/")
        yield Evidence(seq, f"logs the secret variable {name}{how}", lines.get(seq))


def _unscanned(case: Case, written: list[Crossing]) -> list[Evidence]:
    if case.fast or all(case.scanner(run) is not None for run in {c.decided.run for c in written}):
        return []
    return [Evidence(0, "the ledger does not have the site's content: nothing to compare what is logged with")]


def _ground(case: Case, written: list[Crossing], *, silent: bool) -> Ground:
    if silent:
        calls = sum(1 for crossing in case.on("result", "error"))
        says = f"in {counted(calls, 'call')} that ran all of its code the app logged nothing"
        return Ground(strength=Strength.OBSERVED, says=says, crossings=calls)
    by_service = sum(map(_by_service, written))
    whose = f" ({by_service:,} of them a service's)" if by_service else ""
    trials = trials_of(case, "logged")
    sizes = sum(trial.sizes for trial in trials)
    numbers = counted(sizes, "number that is a size", "numbers that are sizes")
    apart = f"apart from {numbers} in a service's answers, " if sizes else ""
    bound = f"; {apart}{pairs_bound(trials)}" if trials else ""
    lines = counted(len(written), "log line or error text", "log lines and error texts")
    says = f"no content was found in {lines}{whose}{bound}"
    return Ground(strength=Strength.TESTED, says=says, crossings=len(written))


CLAIM = Claim(
    name=NAME,
    statement="Logs hold metadata only, the app's and its services'.",
    why="Logs are read by more people than data is, and kept longer than anybody remembers.",
    exercised_by="Log lines and texts of errors that the app raised.",
    broken_by="Content of the site or a secret variable in a line; a difference between twin sites; any line of the "
    "app where trust.yml says logs: nothing.",
    limits="Where a service of the app's maker receives content, up to three numbers for each of its answers may "
    "differ between twins, if they are sizes or counts in that answer: a service that answers with content written as "
    "such numbers could have it logged. An error that the app raises is logged by the platform, and judged for content "
    "alone.",
    judge=judge,
)
