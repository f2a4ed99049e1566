"""Which combinations make sense, and which of them no run of a test can tell from an honest app: those are out."""

from __future__ import annotations

from tests.twins.mutants.bases import BASES
from tests.twins.mutants.encodings import ENCODINGS
from tests.twins.mutants.sinks import SINKS
from tests.twins.mutants.twin import Twin

__all__ = ["FORM", "OUT", "makes_sense", "pair_makes_sense", "why_out"]

OUT = {
    "form": "lengths of words are form, which twins share: a declared number of them is told with its bits",
    "form beside what is declared": "lengths of words, in a log line, an error or a result, are sizes like others",
    "preimage": "the trigger is a value of which the app holds a 64-bit hash: no run meets it; its code is named",
    "far branchless": "data and not code depends on a year far away: every run runs all of it, and none the leak",
    "time between calls": "how long a call takes is kept in the ledger, and no claim is about it",
    "paths that are read": "what is read, how often and in which order, tells nobody but the product that holds it",
}
"""Cells that no dynamic method sees, with the reason. SECURITY.md freezes them before a run."""

SPECIAL = {"order of writes": {"order of declared writes"}, "letters as choice of keys": {"choice of declared keys"}}
ONLY = {sink: encoding for encoding, sinks in SPECIAL.items() for sink in sinks}
WITH_ERROR = {"always", "date", "weekday", "magic payload", "locale", "analytics off", "n-th call"}
FORM = {"word lengths"}
"""Encodings that tell form alone."""

SHOWS_NUMBERS = {"log line", "error text", "result to another viewer"}
LETTERLESS = {"account id"}
ONE_WORD = {"account id", "mail", "attachment name"}


def pair_makes_sense(first: str, second: str) -> bool:
    """Whether anybody would put two pieces together, whatever the rest is."""
    pair = {first, second}
    for encoding, sinks in SPECIAL.items():
        if encoding in pair and (pair & SINKS.keys()) - sinks:
            return False
    for sink, encoding in ONLY.items():
        if sink in pair and (pair & ENCODINGS.keys()) - {encoding}:
            return False
    numbers = pair & {name for name, sink in SINKS.items() if sink.numbers}
    if numbers and any(not ENCODINGS[name].number for name in pair & ENCODINGS.keys()):
        return False
    if "error text" in pair and pair & ALL_TRIGGERS - WITH_ERROR:
        return False
    if pair & ONE_WORD and pair & {*FORM, "words turned round", "bag of words"}:
        return False
    return not (pair & LETTERLESS and "count of a letter" in pair)


ALL_TRIGGERS = frozenset(trigger for base in BASES.values() for trigger in base.triggers)


def makes_sense(twin: Twin) -> bool:
    """Whether the base has what the twin needs, and every two of its pieces go together."""
    base = BASES[twin.base]
    if twin.source not in base.sources or twin.trigger not in base.triggers:
        return False
    if not SINKS[twin.sink].needs <= base.names.keys():
        return False
    pieces = (twin.source, twin.encoding, twin.sink, twin.trigger)
    return all(pair_makes_sense(one, other) for n, one in enumerate(pieces) for other in pieces[n + 1 :])


def why_out(twin: Twin) -> str:
    """The key in ``OUT`` of a twin that is out of scope; empty for those that a judge has to find."""
    if twin.encoding in FORM:
        if twin.where.numbers:
            return "form"
        if twin.sink in SHOWS_NUMBERS:
            return "form beside what is declared"
    return ""
