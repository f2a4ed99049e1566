"""Advice: what in an app's crossings may be content, by detectors that speak by chance too. It is added to what broke a
claim where nothing else names the content; no verdict rests on it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence

from forgesim.claims.case import Case
from forgesim.claims.declared import sends_to
from forgesim.claims.kit import Evidence
from forgesim.claims.wire import body_text, host_of, writes_of
from forgesim.leaks.advisor import Advisor
from forgesim.leaks.index import ContentIndex
from forgesim.leaks.scanner import Piece
from forgesim.ledger.read import Crossing
from forgesim.ledger.records import Run
from forgesim.manifest.types import has_content

__all__ = ["advice"]

TYPED = frozenset({"kvs", "secret", "entity", "property"})
RUNS = frozenset({"scenario", "explore"})
MOST_PIECES = 2_000
"""Different texts of a run that are looked at."""


def advice(case: Case, channels: Collection[str], broken: Sequence[Evidence]) -> list[Evidence]:
    """Where a reader may look, one piece of advice for each line of the app, beside what ``broken`` a claim; nothing
    where nothing did. Generated sites only, whose content is no chance."""
    if case.fast or not broken:
        return []
    told: dict[tuple[str, str | None], Evidence] = {}
    advisors: dict[str, Advisor | None] = {}
    for number, run in case.ledger.runs.items():
        if run.cause not in RUNS:
            continue
        if run.site_digest not in advisors:
            advisors[run.site_digest] = _advisor(case, run)
        if (advisor := advisors[run.site_digest]) is None:
            continue
        for channel, crossings in _by_channel(case, number, channels).items():
            lines = {crossing.decided.seq: crossing.decided.line for crossing in crossings}
            for finding in advisor.advise(_pieces(crossings)):
                line = lines.get(finding.seq or 0)
                why = f"{channel}: {finding.says()}"
                told.setdefault((channel, line), Evidence(finding.seq or 0, why, line))
    return list(told.values())


def _advisor(case: Case, run: Run) -> Advisor | None:
    if run.imported:
        return None
    index = next(
        (each.index for each in case.ledger.runs.values() if each.site_digest == run.site_digest and each.index), None
    )
    return Advisor(ContentIndex(index)) if index is not None and index.texts else None


def _by_channel(case: Case, run: int, channels: Collection[str]) -> dict[str, list[Crossing]]:
    found: dict[str, list[Crossing]] = defaultdict(list)
    for crossing in case.on(*channels):
        if crossing.decided.channel == "egress" and _may_hold_content(case, crossing):
            continue
        if crossing.decided.run == run and (crossing.decided.writes or crossing.decided.channel not in TYPED):
            found[crossing.decided.channel].append(crossing)
    return found


def _may_hold_content(case: Case, crossing: Crossing) -> bool:
    sends = sends_to(case.trust, host_of(crossing.decided.target))
    return any(send.body is not None and has_content(send.body) for send in sends)


def _pieces(crossings: list[Crossing]) -> list[Piece]:
    """The texts of crossings, each once, in order."""
    pieces: dict[tuple[str, str], Piece] = {}
    for crossing in crossings:
        for text, key in _texts(crossing):
            if text and len(pieces) < MOST_PIECES:
                pieces.setdefault((text, key), Piece(text, crossing.decided.seq, key))
    return list(pieces.values())


def _texts(crossing: Crossing) -> Iterator[tuple[str, str]]:
    if crossing.decided.channel in TYPED:
        for write in writes_of(crossing):
            yield write.text, write.key
    else:
        yield body_text(crossing.decided.body), ""
