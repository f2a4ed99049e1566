"""The twins of the table, chosen by a seeded covering design: every pair that makes sense is in one of them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import product
from zlib import crc32

from tests.twins.mutants.bases import BASES
from tests.twins.mutants.encodings import ENCODINGS
from tests.twins.mutants.scope import makes_sense, why_out
from tests.twins.mutants.sinks import OUT_SINKS, SINKS
from tests.twins.mutants.twin import SHAPES, Twin

__all__ = ["PAIRED", "leaky_twins", "pairs_of", "possible_twins", "twins_out"]

SEED = 20260105
PAIRED = (("source", "encoding"), ("encoding", "sink"), ("sink", "trigger"), ("encoding", "trigger"))
"""Kinds of pieces of which every pair is covered."""

TRIES = 400
"""Candidates looked at for each twin; the one that covers most is taken."""

ON_APPS = 18
"""Twins of each of the three apps, beyond the covering ones on the bare apps."""


def pairs_of(twin: Twin) -> set[tuple[str, str]]:
    return {(getattr(twin, one), getattr(twin, other)) for one, other in PAIRED}


def possible_twins(*bases: str) -> Iterator[Twin]:
    """All combinations of those bases that make sense and are in scope, each as a branch."""
    for name in bases:
        base = BASES[name]
        for source, encoding, sink, trigger in product(base.sources, ENCODINGS, SINKS, base.triggers):
            twin = Twin(base=name, source=source, encoding=encoding, sink=sink, trigger=trigger)
            if makes_sense(twin) and not why_out(twin):
                yield twin


@cache
def leaky_twins() -> tuple[Twin, ...]:
    """All twins that are in scope, in an order that does not change."""
    rng = random.Random(SEED)
    possible = [*possible_twins("bare", "bare jira")]
    missing = set().union(*map(pairs_of, possible))
    by_pair: dict[tuple[str, str], list[Twin]] = {}
    for twin in possible:
        for pair in pairs_of(twin):
            by_pair.setdefault(pair, []).append(twin)
    chosen: list[Twin] = []
    while missing:
        pool = by_pair[min(missing, key=_scarce)]
        best = max(rng.sample(pool, min(TRIES, len(pool))), key=lambda twin: len(pairs_of(twin) & missing))
        chosen.append(best)
        missing -= pairs_of(best)
    for app in ("pulse", "xpress", "syncup"):
        chosen += _of_app(app, rng)
    return tuple(replace(twin, shape=_shape(twin)) for twin in chosen)


def _shape(twin: Twin) -> str:
    """A shape of its trigger, which does not hang on what other twins there are; what always happens has none."""
    return "plain" if twin.trigger == "always" else SHAPES[crc32(twin.name.encode()) % len(SHAPES)]


def twins_out() -> tuple[Twin, ...]:
    """Twins that are out of scope, a few of each reason, and those of form alone."""
    words = {"bare": ("body", "title", "comment"), "bare jira": ("summary", "description")}
    found = [
        Twin(base=base, source=source, encoding="word lengths", sink=sink, trigger="always", shape="plain")
        for base, sources in words.items()
        for source in sources
        for sink in SINKS
    ]
    found = [replace(twin, out=why_out(twin)) for twin in found if makes_sense(twin) and why_out(twin)]
    hidden = {"preimage": ("branch", "plain"), "far branchless": ("choice of data", "count of a letter")}
    for trigger, (shape, encoding) in hidden.items():
        for sink in (
            ("declared number stored", "declared number sent") if shape != "branch" else ("kvs value", "log line")
        ):
            pieces = {"encoding": encoding, "sink": sink, "trigger": trigger, "shape": shape, "out": trigger}
            found += [Twin(base=base, source=sources[-1], **pieces) for base, sources in words.items()]
    for sink in OUT_SINKS:
        found += [
            Twin(base="bare", source=source, encoding=encoding, sink=sink, trigger="always", shape="plain", out=sink)
            for source, encoding in (("title", "count of a letter"), ("body", "salted hash"))
        ]
    return tuple(found)


def _scarce(pair: tuple[str, str]) -> tuple[bool, str, str]:
    """Encodings with triggers are the most pairs, so each of these is taken as a seed before others are."""
    return pair[0] not in ENCODINGS or pair[1] in SINKS, *pair


def _of_app(app: str, rng: random.Random) -> list[Twin]:
    """Twins of an app, each time one whose pieces have been used least."""
    pool = [*possible_twins(app)]
    used: dict[str, int] = {}
    chosen: list[Twin] = []
    for _ in range(ON_APPS):
        drawn = rng.sample(pool, min(TRIES, len(pool)))
        best = min(drawn, key=lambda twin: sum(used.get(piece, 0) for piece in _pieces(twin)))
        chosen.append(best)
        for piece in _pieces(best):
            used[piece] = used.get(piece, 0) + 1
    return chosen


def _pieces(twin: Twin) -> tuple[str, ...]:
    return twin.source, twin.encoding, twin.sink, twin.trigger
