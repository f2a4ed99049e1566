"""What a rehearsal read, as ``reads`` of trust.yml: per function the kinds, tied to the payload where that fits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from forgesim.claims.case import Case
from forgesim.claims.reading import KINDS, attempt_of, outside
from forgesim.ledger.read import Crossing, Invocation
from forgesim.manifest.model import ReadRule

__all__ = ["reads_of"]

PRODUCTS = ("confluence", "jira")
Read = tuple[Crossing, Invocation]


def reads_of(case: Case) -> Mapping[str, str]:
    """Function or resolver key → its rules as text, empty for one that read nothing; in order of first call."""
    invocations = case.ledger.invocations
    functions = {name: own for own in invocations.values() if own.open.cause != "import" and (name := _name(own))}
    reads: dict[str, list[Read]] = {name: [] for name in functions}
    for crossing in case.on(*PRODUCTS):
        own = invocations.get(crossing.decided.inv)
        if own is not None and not crossing.decided.writes and _name(own) in reads:
            reads[_name(own)].append((crossing, own))
    return {name: ", ".join(map(_spelled, _rules(case, of))) for name, of in reads.items()}


def _name(own: Invocation) -> str:
    return own.open.resolver or own.open.function


def _rules(case: Case, reads: Sequence[Read]) -> list[ReadRule]:
    """The kinds that were read or asked for; each tied to as few members of the payload as all its reads allow."""
    kinds = dict.fromkeys(kind for crossing, _ in reads for kind in _kinds(crossing))
    chosen: dict[str, list[ReadRule]] = {kind: [ReadRule(kind=kind)] for kind in kinds}

    def covers(kind: str, rules: list[ReadRule]) -> bool:
        tried = [rule for each in kinds for rule in (rules if each == kind else chosen[each])]
        return all(not list(outside(case, crossing, own, tried)) for crossing, own in reads)

    for kind in kinds:
        narrow = list(_narrower(kind, reads))
        if not covers(kind, narrow):
            continue
        for rule in reversed(narrow):
            fewer = [each for each in narrow if each is not rule]
            narrow = fewer if fewer and covers(kind, fewer) else narrow
        chosen[kind] = narrow
    return [rule for rules in chosen.values() for rule in rules]


def _kinds(crossing: Crossing) -> Iterator[str]:
    refs = crossing.answered.reads if crossing.answered is not None else ()
    for ref in refs:
        if kind := KINDS.get(ref.partition("/")[0]):
            yield kind
    _, asked = attempt_of(crossing)
    if asked is not None:  # also of a thing that has none: of another it would show some
        yield KINDS[asked]


def _narrower(kind: str, reads: Sequence[Read]) -> Iterator[ReadRule]:
    """Rules that tie a kind to a member of the payload, or of where people open the app, those first whose name is of
    the kind; then to the caller."""
    names: dict[str, None] = {}
    for _, own in reads:
        if isinstance(own.open.input, dict):
            names.update(dict.fromkeys(name for name, value in own.open.input.items() if isinstance(value, str | int)))
    about = kind.removesuffix("s")
    for name in sorted(names, key=lambda name: about not in name.lower()):
        if name.replace("_", "").replace("-", "").isalnum() and name != "cursor":
            yield ReadRule(kind=kind, source="payload", name=name)
    opened = dict.fromkeys(name for _, own in reads for name in _leaves(own.open.context or {}))
    for name in sorted(opened, key=lambda name: about not in name.lower()):
        yield ReadRule(kind=kind, source="context", name=name)
    if kind == "users":
        yield ReadRule(kind=kind, source="context", name="accountId")


def _leaves(said: Mapping[str, Any], above: str = "") -> Iterator[str]:
    """``extension.content.id``: the members that may name a thing of the site."""
    for name, value in said.items():
        if isinstance(value, Mapping):
            yield from _leaves(value, f"{above}{name}.")
        elif isinstance(value, str) and value and name in ("id", "key"):
            yield f"{above}{name}"


def _spelled(rule: ReadRule) -> str:
    return rule.kind if rule.source is None else f"{rule.kind} of {rule.source}.{rule.name}"
