"""What of a site's content shows in what crossed, and what twin trials say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from forgesim.claims.case import Case
from forgesim.claims.conclude import trials_of
from forgesim.claims.kit import Evidence
from forgesim.leaks.index import GRAM, MIN_ITEM
from forgesim.leaks.normalise import normalise
from forgesim.leaks.scanner import Piece
from forgesim.ledger.read import Crossing
from forgesim.ledger.records import Trial

__all__ = [
    "content_evidence",
    "differing",
    "line_of",
    "looks_like_content",
    "shows_something",
    "trial_evidence",
    "twin_doubts",
    "twin_evidence",
]


def content_evidence(
    case: Case, pieces: Mapping[int, Sequence[Piece]], lines: Mapping[int, str | None], verb: str
) -> Iterator[Evidence]:
    """The site's content found in the pieces of each run. ``lines``: crossing → the app's line."""
    for run, parts in pieces.items():
        scanner = case.scanner(run) if parts else None
        for finding in scanner.scan(parts) if scanner is not None else ():
            seq = finding.seq or 0
            yield Evidence(seq, f"{verb} {finding.says()}", lines.get(seq))


def shows_something(case: Case) -> bool:
    """Whether a call of the app ended in a result that says anything: null shows nobody anything."""
    return any(
        body is not None and body.text != "null" for body in (crossing.decided.body for crossing in case.on("result"))
    )


def looks_like_content(case: Case, run: int, pieces: Sequence[Piece]) -> list[Piece]:
    """Those pieces that share a short field or twelve characters with the site's texts, which is soon told: for a
    single run, which has no time to build the whole index. What is encoded is not seen."""
    found = case.ledger.runs.get(run)
    digest = found.site_digest if found is not None else None
    index = next((r.index for r in case.ledger.runs.values() if r.site_digest == digest and r.index), None)
    if index is None:
        return []
    texts = [normalise(text) for *_, text in index.texts]
    stream, short = "\0".join(texts), [text for text in texts if MIN_ITEM <= len(text) < GRAM]
    return [piece for piece in pieces if _shares(normalise(piece.text), stream, short)]


def _shares(normal: str, stream: str, short: Sequence[str]) -> bool:
    if any(text in normal for text in short):
        return True
    return any(normal[at : at + GRAM] in stream for at in range(len(normal) - GRAM + 1))


def twin_evidence(case: Case, channel: str, verb: str) -> Iterator[Evidence]:
    """Trials in which the site with other words made the app write something else. Their crossings are compared
    and dropped, so that the evidence names a line and no crossing of the ledger."""
    why = f"{verb} something else on a site of the same form with other words"
    yield from trial_evidence(trials_of(case, channel), why)


def trial_evidence(trials: Sequence[Trial], why: str) -> Iterator[Evidence]:
    """One for each line and scenario of the trials that differ and repeat; where the first of them was played on a
    site that was drawn, that site in short."""
    told: set[tuple[str, object]] = set()
    for trial in trials:
        first = trial.first or {}
        line, site = first.get("line"), first.get("site")
        if trial.a == trial.again != trial.b and (trial.scenario, line) not in told:
            told.add((trial.scenario, line))
            where = f"; first seen on a site that was changed at random: {site}" if isinstance(site, str) else ""
            yield Evidence(0, f"{why}, in {trial.scenario!r}{where}", line if isinstance(line, str) else None)


def twin_doubts(case: Case, channel: str) -> list[Evidence]:
    """Without a twin trial in which something crossed on its channel, a claim about content is open; so it is where
    one of the scenarios in which something did was never played on twins."""
    trials = trials_of(case, channel)
    if not trials:
        return [Evidence(0, f"no twin trial was run on what is {channel}")]
    if not any(trial.crossings for trial in trials):
        return [Evidence(0, f"in no twin trial was anything {channel}")]
    played = {trial.scenario for trial in trials}
    return [
        Evidence(
            first.decided.seq, f"no twin trial played {label!r}, in which something is {channel}", first.decided.line
        )
        for label, first in _by_scenario(case, channel).items()
        if label not in played
    ]


def _by_scenario(case: Case, channel: str) -> dict[str, Crossing]:
    """Scenario → the first crossing in it that belongs to a trial channel."""
    found: dict[str, Crossing] = {}
    for crossing in case.on(*_OF_TRIAL.get(channel, ())):
        run = case.ledger.runs.get(crossing.decided.run)
        if run is not None and run.cause == "scenario" and (channel != "stored" or crossing.decided.writes):
            found.setdefault(run.label, crossing)
    return found


_OF_TRIAL: Mapping[str, tuple[str, ...]] = {
    "stored": ("kvs", "secret", "entity", "object", "queue", "property"),
    "sent": ("egress", "webtrigger"),
}
"""Trial channel → the channels of crossings that it compares."""


def differing(case: Case, channel: str) -> list[Evidence]:
    """That twins differ on a channel, for a claim that cannot tell from it what they differ in."""
    if all(trial.a == trial.b for trial in trials_of(case, channel)):
        return []
    return [Evidence(0, f"what is {channel} depends on the site's words: other claims say how")]


def line_of(crossings: Sequence[Crossing]) -> dict[int, str | None]:
    """Crossing number → the app's line."""
    return {crossing.decided.seq: crossing.decided.line for crossing in crossings}
