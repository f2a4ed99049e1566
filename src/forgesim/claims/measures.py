"""Leaks inside declared fields: how many bits there are, how many were seen used, and whether a field follows what
trust.yml does not say it depends on."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from forgesim.claims.case import Case
from forgesim.claims.conclude import trials_of
from forgesim.claims.kit import Evidence
from forgesim.counted import counted
from forgesim.leaks.capacity import shown_bits
from forgesim.ledger.read import Crossing
from forgesim.manifest.depends import ASPECTS, Depends, may_follow
from forgesim.manifest.types import Const, Fields, Maybe, Setting, Type

__all__ = ["MEASURED", "measured_doubts", "measured_evidence", "measured_says", "used_bits", "volume_says"]

MEASURED: Mapping[str, str] = MappingProxyType({"stored": "measured when stored", "sent": "measured when sent"})
"""Trial channel of what leaves → trial channel of its declared fields."""

SAYING = ("field says what it depends on", "fields say what they depend on")

PRODUCTS = frozenset({"confluence", "jira"})
THINGS = frozenset({"page", "blogpost", "issue"})


def measured_evidence(case: Case, channel: str) -> Iterator[Evidence]:
    """Fields that moved where only something changed that trust.yml does not say they follow."""
    for trial in trials_of(case, MEASURED[channel]):
        if trial.a == trial.again != trial.b:
            first = trial.first or {}
            line = first.get("line")
            why = (
                f"{first.get('a')} changes where nothing but the {trial.aspect} of the content change, which trust.yml "
                f"does not say that it depends on, in {trial.scenario!r}"
            )
            yield Evidence(0, why, line if isinstance(line, str) else None)


def measured_doubts(case: Case, channel: str) -> list[Evidence]:
    """Fields that did not repeat on one and the same site."""
    return [
        Evidence(0, f"not deterministic: {trial.scenario!r} did not repeat what it measures")
        for trial in trials_of(case, MEASURED[channel])
        if trial.again is not None and trial.a != trial.again
    ]


def measured_says(case: Case, channel: str, declared: Sequence[tuple[Type, Depends, str]]) -> str:
    """What was compared, and what stays open: for each declared type with ``depends_on`` and the path it begins at."""
    free = [path for kind, depends, root in declared for path in _free(kind, root) if may_follow(depends, path) is None]
    fields = sum(1 for kind, _, root in declared for _ in _free(kind, root))
    trials = trials_of(case, MEASURED[channel])
    said = []
    if trials:
        tried = [aspect for aspect in ASPECTS if any(trial.aspect == aspect for trial in trials)]
        said.append(
            f"{fields - len(free):,} of {counted(fields, *SAYING)}; in "
            f"{counted(sum(t.crossings for t in trials), 'comparison')} none moved where only something else did "
            f"({', '.join(tried)})"
        )
    if fields:
        said.append("within its bits a field may tell lengths and counts, not words, of what it depends on")
    if free and trials:
        said[-1] += f", and {counted(len(free), 'that says', 'that say')} nothing those of anything"
    elif free:
        said[-1] = (
            "no field says what it depends on (depends_on): within its bits each may tell lengths and counts "
            "of any content"
        )
    return "; ".join(said)


def _free(kind: Type, path: str) -> Iterator[str]:
    """Paths of the fields that may vary with content."""
    match kind:
        case Maybe(of):
            yield from _free(of, path)
        case Fields(fields):
            for name, inner in fields.items():
                yield from _free(inner, f"{path}.{name}" if path else name)
        case Const() | Setting():
            return
        case _:
            yield path


def used_bits(values: Sequence[str]) -> str:
    """``at least 3.0 bits were used``: a lower bound, log2 of how many different values were seen."""
    seen = len(set(values))
    return f"at least {math.log2(seen):.1f} bits were used: {seen:,} values seen" if seen > 1 else "one value seen"


class _Volume(NamedTuple):
    bits: float
    things: int
    read: int
    label: str


def volume_says(case: Case, crossings: Sequence[Crossing], bits_of: Callable[[Crossing], float], verb: str) -> str:
    """The scenario that writes most for a page or issue it reads: its bits at most, beside the bits that it read."""
    runs = {number: run for number, run in case.ledger.runs.items() if run.cause in ("scenario", "run")}
    bits: dict[int, float] = defaultdict(float)
    for crossing in crossings:
        if crossing.decided.run in runs:
            bits[crossing.decided.run] += bits_of(crossing)
    read: dict[int, int] = defaultdict(int)
    things: dict[int, set[str]] = defaultdict(set)
    for crossing in case.on(*PRODUCTS):
        number, answer = crossing.decided.run, crossing.answered
        if number in bits and answer is not None and answer.reads:
            read[number] += 8 * (answer.body.size if answer.body is not None else 0)
            things[number].update(ref for ref in answer.reads if ref.partition("/")[0] in THINGS)
    rows = [_Volume(bits[number], len(things[number]), read[number], runs[number].label) for number in bits]
    rows = [row for row in rows if row.things]
    if not rows:
        return ""
    worst = max(rows, key=lambda row: row.bits / row.things)
    most = "without bound" if math.isinf(worst.bits) else f"at most {shown_bits(worst.bits / worst.things)}"
    of = worst.read / worst.things
    return (
        f"in the scenario that {verb} most ({worst.label!r}) {most} for each page or issue read, where answers held "
        f"{of:,.0f} for each"
    )
